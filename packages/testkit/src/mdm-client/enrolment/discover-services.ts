import { RecoveryError } from '@winre-kit/sdk';
import { findDeep } from '../syncml/find-element.ts';
import { tag } from '../syncml/write-message-xml.ts';
import { enrolmentNames as names } from './enrolment-schemas.table.ts';
import { exchangeSoap, type SoapSurroundings } from './soap-exchange.ts';

/** Where the services of an enrolment are. */
export interface EnrolmentServices {
  readonly policyUrl: string;
  readonly enrolmentUrl: string;
}

export interface DiscoveryRequest {
  /** `https://host/EnrollmentServer/Discovery.svc`. */
  readonly discoveryUrl: string;
  readonly userName: string;
  readonly osVersion: string;
  readonly messageId: string;
}

/**
 * Asks the discovery service, first with GET as Windows does, then with Discover.
 *
 * @throws {RecoveryError} `unsupported` when the server wants another kind of authentication than on-premise user name and password, or its services are on two hosts
 * @see https://learn.microsoft.com/en-us/windows/client-management/on-premise-authentication-device-enrollment#discovery-service
 */
export async function discoverServices(request: DiscoveryRequest, around: SoapSurroundings): Promise<EnrolmentServices> {
  const probe = await around.transport.send({
    method: 'GET', url: request.discoveryUrl, headers: { 'user-agent': 'ENROLLClient', pragma: 'no-cache' },
    ...(around.trustedAuthoritiesPem === undefined ? {} : { trustedAuthoritiesPem: around.trustedAuthoritiesPem }),
    ...(around.signal === undefined ? {} : { signal: around.signal }),
  });
  if (probe.status !== 200) throw new RecoveryError('unavailable', `GET of the discovery service answered ${probe.status}`, { vendor: { status: probe.status } });
  const answer = await exchangeSoap({
    url: request.discoveryUrl, action: names.discoverAction, messageId: request.messageId,
    body: tag('Discover', { xmlns: names.discovery }, tag('request', { 'xmlns:i': 'http://www.w3.org/2001/XMLSchema-instance' },
      tag('EmailAddress', {}, request.userName), tag('RequestVersion', {}, '5.0'), tag('DeviceType', {}, 'CIMClient_Windows'), tag('ApplicationVersion', {}, request.osVersion),
      tag('OSEdition', {}, '4'), tag('AuthPolicies', {}, tag('AuthPolicy', {}, 'OnPremise'), tag('AuthPolicy', {}, 'Federated')))),
  }, around);
  const authentication = findDeep(answer, 'AuthPolicy')?.text.trim();
  if (authentication !== 'OnPremise') throw new RecoveryError('unsupported', `the server asks for ${authentication ?? 'no'} authentication; this client knows OnPremise`);
  const policyUrl = findDeep(answer, 'EnrollmentPolicyServiceUrl')?.text.trim();
  const enrolmentUrl = findDeep(answer, 'EnrollmentServiceUrl')?.text.trim();
  if (!policyUrl || !enrolmentUrl) throw new RecoveryError('invalid-argument', 'the discovery service names no policy or enrolment service');
  if (new URL(policyUrl).host !== new URL(enrolmentUrl).host) throw new RecoveryError('unsupported', 'policy and enrolment service have to be on one host');
  return { policyUrl, enrolmentUrl };
}
