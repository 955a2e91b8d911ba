import { base64Schema, canonicalJson, deviceIdSchema, instantSchema, isSignedBy, keyIdSchema, RecoveryError, requireTrustedKey, tenantIdSchema, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { z } from 'zod';

/** Everything that a tenant has revoked so far. The sequence never goes back. */
export const revocationsStatementSchema = z.strictObject({
  kind: z.literal('winre-revocations/v1'),
  tenantId: tenantIdSchema,
  /** Grows by one with every change, starting at 0 for the empty list. */
  sequence: z.int().nonnegative(),
  issuedAt: instantSchema,
  revokedKeyIds: z.array(keyIdSchema),
  revokedDeviceIds: z.array(deviceIdSchema),
});
export type RevocationsStatement = z.infer<typeof revocationsStatementSchema>;

/** A revocation list with the signature of the gateway key. */
export const signedRevocationsSchema = z.strictObject({ statement: revocationsStatementSchema, keyId: keyIdSchema, signature: base64Schema });
export type SignedRevocations = z.infer<typeof signedRevocationsSchema>;

/** What an agent knows when a list arrives. */
export interface RevocationsExpectation {
  readonly tenantId: string;
  readonly trustedKeys: readonly TrustedKey[];
  /** The last list that was accepted; undefined before the first one. */
  readonly current: RevocationsStatement | undefined;
}

/** Signs a revocation list with the gateway key. */
export async function signRevocations(statement: RevocationsStatement, signer: StatementSigner): Promise<SignedRevocations> {
  return { statement, keyId: signer.keyId, signature: await signer.sign(statement) };
}

/**
 * Accepts a list that is newer than, or the same as, the current one. A revoked key stays revoked for ever; a device may be let in again.
 *
 * @returns the statement to keep instead of the current one
 * @throws {RecoveryError} `untrusted-payload`, `facts.reason`: `unknown-key`, `revoked`, `bad-signature`, `other-tenant`, `went-back`, `withdrawn`
 */
export async function verifyRevocations(signed: SignedRevocations, expected: RevocationsExpectation): Promise<RevocationsStatement> {
  const { statement } = signed;
  const { current } = expected;
  const refuse = (reason: string, message: string): RecoveryError => new RecoveryError('untrusted-payload', `revocation list ${statement.sequence}: ${message}`, { facts: { reason } });
  const key = requireTrustedKey(signed.keyId, 'gateway', expected.trustedKeys, new Set(current?.revokedKeyIds));
  if (!(await isSignedBy(key.publicKey, statement, signed.signature))) throw refuse('bad-signature', 'not signed by the gateway key');
  if (statement.tenantId !== expected.tenantId) throw refuse('other-tenant', 'made for another tenant');
  if (!current) return statement;
  if (statement.sequence < current.sequence) throw refuse('went-back', `list ${current.sequence} is already known`);
  if (statement.sequence === current.sequence && canonicalJson({ ...statement, issuedAt: '' }) !== canonicalJson({ ...current, issuedAt: '' })) throw refuse('went-back', 'another list with the same number is already known');
  const dropped = current.revokedKeyIds.find((keyId) => !statement.revokedKeyIds.includes(keyId));
  if (dropped !== undefined) throw refuse('withdrawn', `it no longer names the revoked key ${dropped}`);
  return statement;
}
