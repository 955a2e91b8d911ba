import { elementsIn, type XmlElement } from '@winre-kit/sdk/windows';
import { nilElement } from './soap-message.ts';

export const getPoliciesAction = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies';
const make = elementsIn('http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy');
const nil = (name: string): XmlElement => nilElement(make, name);
const daySeconds = 86_400;

/**
 * The one certificate policy: an RSA key of 2048 bits, SHA-256, and how long the certificate is valid.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-xcep
 */
export function policiesReply(validForDays: number): XmlElement {
  const attributes = make('attributes', {},
    make('policySchema', {}, '3'),
    make('certificateValidity', {}, make('validityPeriodSeconds', {}, String(validForDays * daySeconds)), make('renewalPeriodSeconds', {}, String(Math.floor(validForDays / 8) * daySeconds))),
    make('permission', {}, make('enroll', {}, 'true'), make('autoEnroll', {}, 'false')),
    make('privateKeyAttributes', {}, make('minimalKeyLength', {}, '2048'), nil('keySpec'), nil('keyUsageProperty'), nil('permissions'), nil('algorithmOIDReference'), nil('cryptoProviders')),
    make('revision', {}, make('majorRevision', {}, '101'), make('minorRevision', {}, '0')),
    nil('supersededPolicies'), nil('privateKeyFlags'), nil('subjectNameFlags'), nil('enrollmentFlags'), nil('generalFlags'),
    make('hashAlgorithmOIDReference', {}, '0'),
    nil('rARequirements'), nil('keyArchivalAttributes'), nil('extensions'),
  );
  const sha256 = make('oID', {}, make('value', {}, '2.16.840.1.101.3.4.2.1'), make('group', {}, '1'), make('oIDReferenceID', {}, '0'), make('defaultName', {}, 'szOID_NIST_sha256'));
  return make('GetPoliciesResponse', {},
    make('response', {}, make('policyID'), nil('policyFriendlyName'), nil('nextUpdateHours'), nil('policiesNotChanged'),
      make('policies', {}, make('policy', {}, make('policyOIDReference', {}, '0'), nil('cAs'), attributes))),
    nil('cAs'),
    make('oIDs', {}, sha256),
  );
}
