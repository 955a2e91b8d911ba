import { rm, stat } from 'node:fs/promises';
import { SnapshotError, openFileVolume, restoreImage, type Repository, type SnapshotRecord } from '../../index.ts';
import { leaseOf } from '../global-flags.ts';
import type { VerbContext } from '../verb.ts';

/**
 * Restores an image to a file or a block device. A new file that could not be finished is removed again.
 *
 * @throws {SnapshotError} `argument/invalid` (something is there and may not be overwritten), `target/unusable`,
 *   `rollback/repository-on-target`, `object/*`
 */
export async function restoreToFile(context: VerbContext, repository: Repository, record: SnapshotRecord, path: string, overwrite: boolean): Promise<void> {
  const { output, signal, flags } = context;
  const present = await stat(path).catch(() => {});
  if (present !== undefined && !overwrite) throw new SnapshotError('argument/invalid', `${path} exists; give --overwrite to write over it, or use rollback to write only what differs`);
  try {
    const volume = await openFileVolume(path, present?.isBlockDevice() === true ? {} : { resizeToBytes: record.statistics.totalBytes });
    try {
      await restoreImage(repository, record.id, volume, {
        signal, lease: leaseOf(flags),
        onProgress: ({ bytesWritten, totalBytes }) => output.progress({ phase: 'restore', bytesDone: bytesWritten, bytesTotal: totalBytes }),
      });
    } finally {
      await volume.close();
    }
  } catch (error) {
    if (present === undefined) await rm(path, { force: true });
    throw error;
  }
}
