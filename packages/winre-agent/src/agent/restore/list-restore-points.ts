import { instantAt, RecoveryError, type RestorePoint } from '@winre-kit/sdk';
import type { CheckReport, Repository, SnapshotRecord } from '@winre-kit/snapshot-core';
import { judgeSnapshot } from './judge-snapshot.ts';
import { readLabels } from './snapshot-labels.ts';

/**
 * The restore points of a repository, newest first, each with what a check of every stored byte says about it. Records that cannot be read at all are
 * points too: people must see that something is wrong. Damaged is only what the check found damaged, not what the disk did not give just then.
 */
export async function listRestorePoints(repository: Repository, signal: AbortSignal): Promise<readonly RestorePoint[]> {
  const { snapshots, damaged } = await repository.listSnapshots({ signal });
  const report = await repository.check({ readData: true, signal });
  const unreadable = damaged.map(({ id, reason }): RestorePoint => ({ id, takenAt: instantAt(0), state: report.damagedSnapshots.includes(id) ? 'damaged' : 'unverified', trigger: 'unknown', detail: `its record cannot be read: ${reason}` }));
  return [...snapshots.map((snapshot) => restorePointOf(snapshot, report)).toReversed(), ...unreadable];
}

/** One snapshot as a restore point, judged by a check. */
export function restorePointOf(snapshot: SnapshotRecord, report: CheckReport): RestorePoint {
  const verdict = judgeSnapshot(snapshot.id, report);
  const detail = verdict.detail ?? (snapshot.incomplete ? 'some files could not be read when it was taken' : undefined);
  return {
    id: snapshot.id,
    takenAt: instantAt(snapshot.timeMs),
    state: verdict.state,
    bytes: snapshot.statistics.totalBytes,
    ...readLabels(snapshot.labels),
    ...(detail !== undefined && { detail }),
  };
}

/** @throws {RecoveryError} `data-loss` for a point that is damaged, `unavailable` for one of which something could not be read now */
export function requireIntact({ id, state, detail }: RestorePoint): void {
  if (state === 'intact') return;
  if (state === 'unverified') throw new RecoveryError('unavailable', `restore point ${id} cannot be verified now: ${detail ?? 'not all of it could be read'}`);
  throw new RecoveryError('data-loss', `restore point ${id} is damaged: ${detail ?? 'its bytes are not what was stored'}`, { facts: { unmet: ['restore-point-intact'] } });
}
