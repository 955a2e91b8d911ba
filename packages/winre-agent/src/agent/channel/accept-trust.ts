import { RecoveryError } from '@winre-kit/sdk';
import { verifyRevocations, verifyTrustUpdate, type Consent, type DevicePolicies, type EscrowKey, type SignedRevocations, type SignedTrustUpdate } from '../../protocol/index.ts';
import { pinnedTrustOf, revokedKeyIdsOf, type EnrolmentRecord } from '../state/enrolment-record.ts';

/** What a hello or a poll brings along besides commands. */
export interface TrustNews {
  readonly revocations?: SignedRevocations | undefined;
  readonly trustUpdates?: readonly SignedTrustUpdate[] | undefined;
  readonly escrowKey?: EscrowKey | undefined;
  readonly policies?: DevicePolicies | undefined;
  readonly consent?: Consent | undefined;
  readonly settingsVersion?: string | undefined;
}

/**
 * The enrolment after what the gateway sent. A list of revocations comes into force before any trust update of the same message, so that a key that was
 * just revoked cannot bring in another one.
 *
 * @returns a new record; the given one is left alone
 * @throws {RecoveryError} `untrusted-payload` when a signature, number or tenant is not right: nothing of the message may be used then
 */
export async function acceptTrust(record: EnrolmentRecord, news: TrustNews): Promise<EnrolmentRecord> {
  const { revocations, trustUpdates = [] } = news;
  const knowsSigner = revocations !== undefined && record.trustedKeys.some(({ keyId }) => keyId === revocations.keyId);
  let next = knowsSigner ? await withRevocations(record, revocations) : record;
  for (const update of trustUpdates) {
    const { trustSequence, trustedKeys, caCertificatesPem, escrowKey } = await verifyTrustUpdate(update, pinnedTrustOf(next), revokedKeyIdsOf(next));
    next = { ...next, trustSequence, trustedKeys: [...trustedKeys], caCertificatesPem: [...caCertificatesPem], ...(escrowKey && { escrowKey }) };
  }
  if (revocations && !knowsSigner) {
    // A gateway key that came with these updates signed the list: those who signed the updates must not be on it.
    next = await withRevocations(next, revocations);
    const revoked = trustUpdates.find(({ keyId }) => revokedKeyIdsOf(next).has(keyId));
    if (revoked) throw new RecoveryError('untrusted-payload', `trust update ${revoked.statement.sequence} is signed by a key that is revoked`, { facts: { reason: 'revoked' } });
  }
  return {
    ...next,
    // Only the first one is taken on the gateway's word. Another one comes by a trust update, or whoever holds the gateway could have the next recovery key sealed to himself.
    ...(news.escrowKey && !next.escrowKey && { escrowKey: news.escrowKey }),
    ...(news.policies && { policies: news.policies }),
    ...(news.consent && { consent: news.consent }),
    ...(news.settingsVersion !== undefined && { settingsVersion: news.settingsVersion }),
  };
}

async function withRevocations(record: EnrolmentRecord, signed: SignedRevocations): Promise<EnrolmentRecord> {
  const { tenantId, trustedKeys, revocations: current } = record;
  return { ...record, revocations: await verifyRevocations(signed, { tenantId, trustedKeys, current }) };
}
