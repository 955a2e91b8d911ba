import { base64Schema, instantSchema, isSignedBy, keyIdSchema, requireTrustedKey, RecoveryError, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { z } from 'zod';
import { nonceSchema } from './ed25519-public-key.ts';

const timeStatementSchema = z.strictObject({ kind: z.literal('winre-time/v1'), nonce: nonceSchema, gatewayTime: instantSchema });

/** The gateway's time over a nonce of the agent: the only time that expiry is judged by. */
export const signedTimeSchema = z.strictObject({ statement: timeStatementSchema, keyId: keyIdSchema, signature: base64Schema });
export type SignedTime = z.infer<typeof signedTimeSchema>;

/** What an agent knows when it judges a time. */
export interface TimeExpectation {
  /** The nonce of this very request. */
  readonly nonce: string;
  readonly trustedKeys: readonly TrustedKey[];
  readonly revokedKeyIds: ReadonlySet<string>;
}

/** Signs the gateway's time over the agent's nonce. */
export async function signTime(nonce: string, nowMs: number, signer: StatementSigner): Promise<SignedTime> {
  const statement = { kind: 'winre-time/v1' as const, nonce, gatewayTime: new Date(nowMs).toISOString() };
  return { statement, keyId: signer.keyId, signature: await signer.sign(statement) };
}

/**
 * The gateway's time in milliseconds since 1970, at some moment between sending the nonce and receiving the answer.
 *
 * @throws {RecoveryError} `untrusted-payload`, `facts.reason`: `unknown-key`, `revoked`, `bad-signature`, `other-nonce`
 */
export async function verifyTime(signed: SignedTime, expected: TimeExpectation): Promise<number> {
  const key = requireTrustedKey(signed.keyId, 'gateway', expected.trustedKeys, expected.revokedKeyIds);
  if (signed.statement.nonce !== expected.nonce) throw new RecoveryError('untrusted-payload', 'the signed time answers another nonce: it may be an old one played again', { facts: { reason: 'other-nonce' } });
  if (!(await isSignedBy(key.publicKey, signed.statement, signed.signature))) throw new RecoveryError('untrusted-payload', 'the signed time does not carry the signature of the gateway key', { facts: { reason: 'bad-signature' } });
  return Date.parse(signed.statement.gatewayTime);
}
