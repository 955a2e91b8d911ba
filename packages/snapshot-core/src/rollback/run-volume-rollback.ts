import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadImageRoot, refuseUnfitVolume } from '../snapshot/restore-image.ts';
import { createPacer } from '../source/pacer.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { requireStored } from './require-stored.ts';
import type { RollbackProgress } from './rollback-report.ts';
import { rollbackInWorkers } from './rollback-in-workers.ts';
import type { ResumeRollbackOptions } from './rollback-options.ts';
import { rollbackVolume, type VolumeRollbackOptions } from './rollback-volume.ts';
import type { RollbackOutcome } from './run-tree-rollback.ts';

/** Makes sure, without changing anything, that a volume can be rolled back. @throws {SnapshotError} as `rollback` does before it begins */
export async function checkVolumeRollback(repository: Repository, snapshotId: string, volume: VolumePort, options: CallOptions): Promise<void> {
  const root = await loadImageRoot(repository, snapshotId, options);
  await refuseUnfitVolume(repository, root, volume);
  await requireStored(repository, root, new Uint8Array(0), createPacer(options.signal), options);
}

/** Carries a rollback of a volume through, from wherever an earlier run left it. */
export async function runVolumeRollback(
  repository: Repository, snapshotId: string, volume: VolumePort, how: Pick<ResumeRollbackOptions, 'verifyAll' | 'workers'>, options: CallOptions, onProgress: (progress: RollbackProgress) => void,
): Promise<RollbackOutcome> {
  const root = await loadImageRoot(repository, snapshotId, options);
  const { descriptor } = volume;
  const volumeOptions: VolumeRollbackOptions = {
    verifyAll: how.verifyAll ?? false, workers: how.workers,
    onProgress: (phase, bytesDone, bytesWritten) => onProgress({ phase, bytesDone, totalBytes: root.size, bytesWritten }),
  };
  const done = descriptor === undefined
    ? await rollbackVolume(repository, root, volume, volumeOptions, options)
    : await rollbackInWorkers(repository, root, volume, descriptor, volumeOptions, options);
  return {
    actions: { delete: 0, create: 0, rewrite: done.rewritten, replace: 0, link: 0, 'set-metadata': 0, keep: done.kept, blocked: 0 },
    bytesWritten: done.bytesWritten, bytesDeleted: 0, complete: true, issues: [], issueCount: 0,
  };
}
