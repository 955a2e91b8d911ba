import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { roles, type Role } from '../admin-api/roles.table.ts';

/** Who calls the admin API: the holder of one token. */
export interface Caller {
  readonly tokenId: string;
  readonly tenantId: string;
  readonly principal: string;
  readonly role: Role;
}

const rowSchema = z.object({ token_id: z.string(), tenant_id: z.string(), principal: z.string(), role: z.enum(roles) });

/** Bearer tokens of the admin API. Only their SHA-256 is kept; they are 256 random bits, so nothing slower is needed. */
export interface ApiTokenStore {
  /** A new random token that nobody knows yet. */
  mint(): string;
  /** Makes a token valid, once and for one holder. Durable when it returns. */
  add(token: string, holder: Omit<Caller, 'tokenId'>, createdAt: string): { readonly tokenId: string };
  find(token: string): Caller | undefined;
  /** False once it was revoked. */
  isValid(tokenId: string): boolean;
  /** False when the tenant has no such valid token. */
  revoke(tenantId: string, tokenId: string, revokedAt: string): boolean;
  /** Whether the tenant ever had an administrator. */
  hasAdministrator(tenantId: string): boolean;
}

export function createApiTokenStore(database: DatabaseSync): ApiTokenStore {
  const insert = database.prepare('INSERT INTO api_tokens (token_id, token_hash, tenant_id, principal, role, created_at) VALUES (?, ?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT token_id, tenant_id, principal, role FROM api_tokens WHERE token_hash = ? AND revoked_at IS NULL');
  const selectValid = database.prepare('SELECT 1 FROM api_tokens WHERE token_id = ? AND revoked_at IS NULL');
  const revoke = database.prepare('UPDATE api_tokens SET revoked_at = ? WHERE tenant_id = ? AND token_id = ? AND revoked_at IS NULL');
  const administrators = database.prepare("SELECT count(*) AS total FROM api_tokens WHERE tenant_id = ? AND role = 'administrator'");
  return {
    mint: () => `emm_${randomBytes(32).toString('base64url')}`,
    add(token, { tenantId, principal, role }, createdAt) {
      const tokenId = randomUUID();
      insert.run(tokenId, hashOf(token), tenantId, principal, role, createdAt);
      return { tokenId };
    },
    find(token) {
      const row = select.get(hashOf(token));
      if (!row) return undefined;
      const { token_id: tokenId, tenant_id: tenantId, principal, role } = rowSchema.parse(row);
      return { tokenId, tenantId, principal, role };
    },
    isValid: (tokenId) => selectValid.get(tokenId) !== undefined,
    revoke: (tenantId, tokenId, revokedAt) => revoke.run(revokedAt, tenantId, tokenId).changes === 1,
    hasAdministrator: (tenantId) => Number(administrators.get(tenantId)?.['total'] ?? 0) > 0,
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
