import { elementsIn, type XmlElement } from '@winre-kit/sdk/windows';

/** Where the parts of the MDM server are. */
export interface MdmAddresses {
  readonly discovery: string;
  readonly policy: string;
  readonly enrolment: string;
  /** Where sessions are held, by client certificate. */
  readonly management: string;
}

/** The paths of the MDM server; the first is the one that Windows tries. */
export const mdmPaths: MdmAddresses = {
  discovery: '/EnrollmentServer/Discovery.svc',
  policy: '/EnrollmentServer/Policy.svc',
  enrolment: '/EnrollmentServer/Enrollment.svc',
  management: '/ManagementServer/Mdm.svc',
};

/** The name of this server on its clients; part of the path of their DMClient nodes. */
export const mdmProviderId = 'SampleEMM';

/** The addresses below the server's own. */
export function mdmAddressesAt(serverUrl: string): MdmAddresses {
  const at = (path: string): string => `${serverUrl}${path}`;
  return { discovery: at(mdmPaths.discovery), policy: at(mdmPaths.policy), enrolment: at(mdmPaths.enrolment), management: at(mdmPaths.management) };
}

export const discoverAction = 'http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover';
const make = elementsIn('http://schemas.microsoft.com/windows/management/2012/01/enrollment');

/**
 * Tells a client how to sign in and where to go on: on-premise, which is a name and the enrolment token as its password.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mde2
 */
export function discoverReply({ policy, enrolment }: MdmAddresses): XmlElement {
  return make('DiscoverResponse', {}, make('DiscoverResult', {},
    make('AuthPolicy', {}, 'OnPremise'),
    make('EnrollmentVersion', {}, '4.0'),
    make('EnrollmentPolicyServiceUrl', {}, policy),
    make('EnrollmentServiceUrl', {}, enrolment),
  ));
}
