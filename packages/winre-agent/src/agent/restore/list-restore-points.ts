import { instantAt, type RestorePoint } from '@winre-kit/sdk';
import type { CheckReport, Repository, SnapshotRecord } from '@winre-kit/snapshot-core';
import { readLabels } from './snapshot-labels.ts';

/**
 * The restore points of a repository, newest first, each with what a check of every stored byte says about it. Records that cannot be read at all are
 * points too: people must see that something is damaged.
 */
export async function listRestorePoints(repository: Repository, signal: AbortSignal): Promise<readonly RestorePoint[]> {
  const { snapshots, damaged } = await repository.listSnapshots({ signal });
  const report = await repository.check({ readData: true, signal });
  const unreadable = damaged.map(({ id, reason }): RestorePoint => ({ id, takenAt: instantAt(0), state: 'damaged', trigger: 'unknown', detail: `its record cannot be read: ${reason}` }));
  return [...snapshots.map((snapshot) => restorePointOf(snapshot, report)).toReversed(), ...unreadable];
}

/** One snapshot as a restore point, judged by a check. */
export function restorePointOf(snapshot: SnapshotRecord, report: CheckReport): RestorePoint {
  const damage = report.findings.find(({ severity, damagedSnapshots }) => severity === 'error' && damagedSnapshots.includes(snapshot.id));
  const damaged = damage !== undefined || report.damagedSnapshots.includes(snapshot.id);
  const detail = damage ? `${damage.file}: ${damage.message}` : snapshot.incomplete ? 'some files could not be read when it was taken' : undefined;
  return {
    id: snapshot.id,
    takenAt: instantAt(snapshot.timeMs),
    state: damaged ? 'damaged' : 'intact',
    bytes: snapshot.statistics.totalBytes,
    ...readLabels(snapshot.labels),
    ...(detail !== undefined && { detail }),
  };
}
