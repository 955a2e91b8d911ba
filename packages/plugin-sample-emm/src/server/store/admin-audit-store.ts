import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** One admin call as it is kept: who, what, with which result. Bodies and tokens are never part of it. */
export const adminAuditEntrySchema = z.object({
  sequence: z.int(),
  at: z.string(),
  tenantId: z.string().nullable(),
  principal: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  permission: z.string().nullable(),
  status: z.int(),
  code: z.string().nullable(),
  correlationId: z.string(),
});
export type AdminAuditEntry = z.infer<typeof adminAuditEntrySchema>;

export interface AdminAuditStore {
  append(entry: Omit<AdminAuditEntry, 'sequence'>): void;
  /** Entries of one tenant behind `after`, oldest first. */
  list(tenantId: string, after: number, limit: number): readonly AdminAuditEntry[];
}

export function createAdminAuditStore(database: DatabaseSync): AdminAuditStore {
  const insert = database.prepare('INSERT INTO admin_audit (at, tenant_id, principal, method, path, permission, status, code, correlation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const select = database.prepare(
    'SELECT sequence, at, tenant_id AS tenantId, principal, method, path, permission, status, code, correlation_id AS correlationId FROM admin_audit WHERE tenant_id = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );
  return {
    append({ at, tenantId, principal, method, path, permission, status, code, correlationId }) {
      insert.run(at, tenantId, principal, method, path, permission, status, code, correlationId);
    },
    list: (tenantId, after, limit) => select.all(tenantId, after, limit).map((row) => adminAuditEntrySchema.parse(row)),
  };
}
