import { base64Schema, isSignedBy, keyIdOf, keyIdSchema, RecoveryError, requireTrustedKey, tenantIdSchema, trustedKeySchema, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { z } from 'zod';
import { escrowKeySchema, type EscrowKey } from './sealing-key.ts';

/** Keys that are added and removed, and authorities that replace the present ones. */
export const trustUpdateStatementSchema = z.strictObject({
  kind: z.literal('winre-trust-update/v1'),
  tenantId: tenantIdSchema,
  /** Exactly one more than the last update, so that none can be withheld and a later one applied. The keys of the enrolment carry their own number. */
  sequence: z.int().positive(),
  addKeys: z.array(trustedKeySchema),
  removeKeyIds: z.array(keyIdSchema),
  /** Replaces the pinned certificate authorities. */
  caCertificatesPem: z.array(z.string().startsWith('-----BEGIN CERTIFICATE-----')).min(1).optional(),
  /** Replaces the key that recovery keys are sealed to. */
  escrowKey: escrowKeySchema.optional(),
});
export type TrustUpdateStatement = z.infer<typeof trustUpdateStatementSchema>;

/** A change of trust with the signature of an approver's key. */
export const signedTrustUpdateSchema = z.strictObject({ statement: trustUpdateStatementSchema, keyId: keyIdSchema, signature: base64Schema });
export type SignedTrustUpdate = z.infer<typeof signedTrustUpdateSchema>;

/** What a device is pinned to. */
export interface PinnedTrust {
  readonly tenantId: string;
  readonly trustSequence: number;
  readonly trustedKeys: readonly TrustedKey[];
  readonly caCertificatesPem: readonly string[];
  /** What recovery keys are sealed to; undefined as long as the gateway has had none. */
  readonly escrowKey?: EscrowKey | undefined;
}

/** Signs a change of trust with a pinned approver's key. */
export async function signTrustUpdate(statement: TrustUpdateStatement, signer: StatementSigner): Promise<SignedTrustUpdate> {
  return { statement, keyId: signer.keyId, signature: await signer.sign(statement) };
}

/**
 * Applies an update to the pinned trust when a pinned approver that is not revoked signed it. The gateway alone cannot change whom a device trusts.
 *
 * @returns the trust to pin from now on; the given one is left alone
 * @throws {RecoveryError} `untrusted-payload`, `facts.reason`: `unknown-key`, `revoked`, `bad-signature`, `other-tenant`, `out-of-order`, `key-id` (an id
 * that is not the key's), `no-approver-left` or `no-gateway-left`
 */
export async function verifyTrustUpdate(signed: SignedTrustUpdate, pinned: PinnedTrust, revokedKeyIds: ReadonlySet<string>): Promise<PinnedTrust> {
  const { statement } = signed;
  const refuse = (reason: string, message: string): RecoveryError => new RecoveryError('untrusted-payload', `trust update ${statement.sequence}: ${message}`, { facts: { reason } });
  const key = requireTrustedKey(signed.keyId, 'approve', pinned.trustedKeys, revokedKeyIds);
  if (!(await isSignedBy(key.publicKey, statement, signed.signature))) throw refuse('bad-signature', `not signed by ${key.principal}`);
  if (statement.tenantId !== pinned.tenantId) throw refuse('other-tenant', 'made for another tenant');
  if (statement.sequence !== pinned.trustSequence + 1) throw refuse('out-of-order', `expected update ${pinned.trustSequence + 1}`);
  for (const added of statement.addKeys) {
    if ((await keyIdOf(added.publicKey)) !== added.keyId) throw refuse('key-id', `${added.keyId} is not the id of the key of ${added.principal}`);
    if (revokedKeyIds.has(added.keyId)) throw refuse('revoked', `${added.keyId} is revoked and cannot come back`);
  }
  const replaced = new Set([...statement.removeKeyIds, ...statement.addKeys.map((added) => added.keyId)]);
  const trustedKeys = [...pinned.trustedKeys.filter((kept) => !replaced.has(kept.keyId)), ...statement.addKeys];
  const serves = (purpose: TrustedKey['purpose']): boolean => trustedKeys.some((kept) => kept.purpose === purpose && !revokedKeyIds.has(kept.keyId));
  if (!serves('approve')) throw refuse('no-approver-left', 'it would leave no approver, and nobody could change trust again');
  if (!serves('gateway')) throw refuse('no-gateway-left', 'it would leave no gateway key, and the device could not tell the time');
  if (statement.escrowKey && (await keyIdOf(statement.escrowKey.publicKey)) !== statement.escrowKey.keyId) throw refuse('key-id', `${statement.escrowKey.keyId} is not the id of the escrow key`);
  const escrowKey = statement.escrowKey ?? pinned.escrowKey;
  return { tenantId: pinned.tenantId, trustSequence: statement.sequence, trustedKeys, caCertificatesPem: statement.caCertificatesPem ?? pinned.caCertificatesPem, ...(escrowKey && { escrowKey }) };
}
