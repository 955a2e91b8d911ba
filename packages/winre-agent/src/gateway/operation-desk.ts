import { isTerminalState, RecoveryError, type OperationReport, type ReconcileFinding } from '@winre-kit/sdk';
import { announceOperations, type GatewayCore } from './gateway-core.ts';
import type { OperationRecord } from './gateway-records.ts';
import { mayCancel, reconcileFrom } from './judge-operation.ts';
import { moveOperation } from './move-operation.ts';
import { operationRecordKey } from './record-key.ts';
import { transact } from './transact.ts';

/** @throws {RecoveryError} `not-found` */
export async function readOperation(core: GatewayCore, tenantId: string, operationKey: string): Promise<OperationRecord> {
  const record = await core.store.read('operations', operationRecordKey(tenantId, operationKey));
  if (!record) throw new RecoveryError('not-found', `no operation ${operationKey} was taken for tenant ${tenantId}`);
  return record;
}

/** Takes an operation out of the queue, unless it may have reached the device. */
export async function cancelOperation(core: GatewayCore, tenantId: string, operationKey: string): Promise<'accepted' | 'too-late'> {
  const cancelled = await transact(core.store, async () => {
    const record = await readOperation(core, tenantId, operationKey);
    if (!mayCancel(record)) return { writes: [], result: record.report.state === 'cancelled' ? record : undefined };
    const after = moveOperation(record, { delivery: 'closed', state: 'cancelled', rawState: 'cancelled', message: 'it was cancelled before the device had it' }, core.clock.now());
    return { writes: [{ table: 'operations', record: after }], result: after };
  });
  if (cancelled) announceOperations(core, [cancelled]);
  return cancelled ? 'accepted' : 'too-late';
}

/** Reads only. */
export async function reconcileOperation(core: GatewayCore, tenantId: string, operationKey: string): Promise<ReconcileFinding> {
  return reconcileFrom(await core.store.read('operations', operationRecordKey(tenantId, operationKey)));
}

/** Reports as they change, the present one first. Ends with a terminal one, or when the signal or the gateway ends. */
export async function* watchOperation(core: GatewayCore, tenantId: string, operationKey: string, signal: AbortSignal): AsyncIterable<OperationReport> {
  const key = operationRecordKey(tenantId, operationKey);
  signal.addEventListener('abort', () => core.operationChanges.notify(key), { once: true });
  let shownRevision = 0;
  while (!signal.aborted && !core.closed.aborted) {
    const change = core.operationChanges.next(key);
    const { revision, report } = await readOperation(core, tenantId, operationKey);
    if (revision !== shownRevision) yield report;
    shownRevision = revision;
    if (isTerminalState(report.state)) return;
    await change;
  }
}
