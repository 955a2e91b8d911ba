import type { DatabaseSync } from 'node:sqlite';

/**
 * Closes the door behind a reconcile that found nothing: it raises the fence of the operation key, and a request that carries a lower number was sent
 * before and arrives too late. So "absent" also means "not on its way".
 */
export interface OperationFences {
  /** 0 when nobody has reconciled the operation. */
  current(tenantId: string, operationKey: string): number;
  /** Durable when it returns. */
  raise(tenantId: string, operationKey: string): number;
}

export function createOperationFences(database: DatabaseSync): OperationFences {
  const select = database.prepare('SELECT fence FROM operation_fences WHERE tenant_id = ? AND operation_key = ?');
  const raise = database.prepare(
    'INSERT INTO operation_fences (tenant_id, operation_key, fence) VALUES (?, ?, 1) ON CONFLICT (tenant_id, operation_key) DO UPDATE SET fence = fence + 1 RETURNING fence',
  );
  return {
    current: (tenantId, operationKey) => Number(select.get(tenantId, operationKey)?.['fence'] ?? 0),
    raise: (tenantId, operationKey) => Number(raise.get(tenantId, operationKey)?.['fence'] ?? 0),
  };
}
