import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { CallOptions } from '../call-options.ts';
import type { Repository } from '../repository.ts';
import { pendingRollbacks, putIntent } from '../rollback-intent.ts';

/**
 * Lets unfinished rollbacks go on with the snapshots that take the place of others: for each a new intent supersedes the old one, and
 * `resumeRollback` finishes it.
 *
 * @param newIds by old id
 */
export async function redirectIntents(repository: Repository, newIds: ReadonlyMap<string, string>, options: CallOptions): Promise<void> {
  if (newIds.size === 0) return;
  for (const intent of await pendingRollbacks(repository, { ...options, skipDamaged: true })) {
    const { operationId, snapshotId, safetySnapshotId, supersedes = [] } = intent;
    const newId = newIds.get(snapshotId) ?? snapshotId;
    const newSafetyId = safetySnapshotId === undefined ? undefined : (newIds.get(safetySnapshotId) ?? safetySnapshotId);
    if (newId === snapshotId && newSafetyId === safetySnapshotId) continue;
    const redirected = {
      ...intent,
      operationId: `repaired-${repository.identify(Buffer.from(`${operationId} ${newId} ${newSafetyId ?? ''}`)).slice(0, 32)}`,
      snapshotId: newId,
      supersedes: [...supersedes, operationId],
      ...(newSafetyId !== undefined && { safetySnapshotId: newSafetyId }),
    };
    try {
      await putIntent(repository, redirected, options);
    } catch (error) {
      // A repair that was cut short has written it.
      if (!SnapshotError.isInstance(error) || error.code !== 'storage/exists') throw error;
    }
  }
}
