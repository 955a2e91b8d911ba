import { RecoveryError } from '@winre-kit/sdk';
import { findDeep, textOf } from '../syncml/find-element.ts';
import { tag } from '../syncml/write-message-xml.ts';
import { enrolmentNames as names } from './enrolment-schemas.table.ts';
import { exchangeSoap, type EnrolmentCredentials, type SoapSurroundings } from './soap-exchange.ts';

/** What the server's certificate template asks of the request. */
export interface EnrolmentPolicy {
  readonly minimalKeyBits: number;
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
}

const hashByOid: Readonly<Record<string, EnrolmentPolicy['hash']>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256', '1.2.840.113549.1.1.11': 'SHA-256', '1.2.840.10045.4.3.2': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384', '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/**
 * Reads the policy of certificates (MS-XCEP): key length and hash. SHA-1, which the public example still names, is taken to mean SHA-256.
 *
 * @throws {RecoveryError} as `exchangeSoap`; `invalid-argument` when the answer holds no policy
 * @see https://learn.microsoft.com/en-us/windows/client-management/on-premise-authentication-device-enrollment#enrollment-policy-web-service
 */
export async function readEnrolmentPolicy(url: string, messageId: string, credentials: EnrolmentCredentials, around: SoapSurroundings): Promise<EnrolmentPolicy> {
  const nil = { 'xsi:nil': 'true' };
  const answer = await exchangeSoap({
    url, action: names.policiesAction, messageId, credentials,
    body: tag('GetPolicies', { xmlns: names.policy, 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance' },
      tag('client', {}, tag('lastUpdate', nil), tag('preferredLanguage', nil)), tag('requestFilter', nil)),
  }, around);
  const attributes = findDeep(answer, 'attributes');
  if (!attributes) throw new RecoveryError('invalid-argument', 'the policy service answered without a policy');
  const reference = textOf(attributes, 'hashAlgorithmOIDReference');
  const oids = findDeep(answer, 'oIDs')?.children ?? [];
  const oid = oids.find((one) => textOf(one, 'oIDReferenceID') === reference);
  const bits = Number(findDeep(attributes, 'minimalKeyLength')?.text.trim());
  return { minimalKeyBits: Number.isSafeInteger(bits) && bits > 0 ? bits : 2048, hash: hashByOid[textOf(oid, 'value') ?? ''] ?? 'SHA-256' };
}
