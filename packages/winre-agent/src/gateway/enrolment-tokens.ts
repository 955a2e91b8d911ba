import { instantAt, RecoveryError, SecretValue, sha256Hex, toHex } from '@winre-kit/sdk';
import type { EnrolmentStatement } from '../protocol/index.ts';
import { requireTenant, type GatewayCore } from './gateway-core.ts';
import type { EnrolmentTokenRecord } from './gateway-records.ts';
import type { EnrolmentTokenRequest } from './gateway.ts';
import { transact } from './transact.ts';

/** How long a rebuild may take until its device has to enrol again. */
const continuityTtlMs = 14 * 86_400_000;

/** A new token and the record that stands for it. The value is shown once; only its digest is stored. */
async function mintToken(core: GatewayCore, terms: Omit<EnrolmentTokenRecord, 'revision' | 'tokenSha256' | 'expiresAt'>, ttlMs: number): Promise<{ readonly token: SecretValue; readonly record: EnrolmentTokenRecord }> {
  const token = toHex(core.config.randomBytes(32));
  return { token: new SecretValue(token), record: { ...terms, revision: 1, tokenSha256: await sha256Hex(token), expiresAt: instantAt(core.clock.now() + ttlMs) } };
}

/** A one-time token for one device of a tenant. */
export async function issueEnrolmentToken(core: GatewayCore, request: EnrolmentTokenRequest): Promise<SecretValue> {
  await requireTenant(core.store, request.tenantId);
  const { token, record } = await mintToken(core, { tenantId: request.tenantId, ...(request.hardwareId !== undefined && { hardwareId: request.hardwareId }) }, request.ttlMs);
  await transact(core.store, () => Promise.resolve({ writes: [{ table: 'tokens', record }], result: undefined }));
  return token;
}

/** The token that a rebuild carries, so that the rebuilt device can prove which operation it comes from. Not stored yet. */
export async function mintContinuityToken(core: GatewayCore, continues: NonNullable<EnrolmentTokenRecord['continues']>, tenantId: string, hardwareId: string): Promise<{ readonly token: SecretValue; readonly record: EnrolmentTokenRecord }> {
  return mintToken(core, { tenantId, hardwareId, continues }, continuityTtlMs);
}

/** Who wants to enrol with a token. `devicePublicKey` is the key that it proves to hold, in base64. */
export type TokenClaim = Pick<EnrolmentStatement, 'tokenKind' | 'hardwareId' | 'devicePublicKey'>;

/**
 * Judges a token for an enrolment. Pure. The key that has used it may ask again, because the answer may have been lost.
 *
 * @throws {RecoveryError} `unauthenticated`, `facts.reason`: `unknown-token`, `used-token`, `expired-token`, `other-hardware`
 */
export function judgeToken(token: EnrolmentTokenRecord | undefined, statement: TokenClaim, nowMs: number): 'first-use' | 'asked-again' {
  const refuse = (reason: string, message: string): RecoveryError => new RecoveryError('unauthenticated', `enrolment: ${message}`, { retry: 'never', facts: { reason } });
  const kind = token?.continues ? 'continuity' : 'one-time';
  if (!token || statement.tokenKind !== kind) throw refuse('unknown-token', 'the token is not known here: ask for a new one');
  if (token.hardwareId !== undefined && token.hardwareId !== statement.hardwareId) throw refuse('other-hardware', 'the token was given to other hardware');
  if (token.usedBy) {
    if (token.usedBy.devicePublicKey === statement.devicePublicKey) return 'asked-again';
    throw refuse('used-token', 'the token was used before: ask for a new one');
  }
  if (Date.parse(token.expiresAt) <= nowMs) throw refuse('expired-token', `the token expired at ${token.expiresAt}: ask for a new one`);
  return 'first-use';
}
