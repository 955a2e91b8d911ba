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
  const present = await stat(path).catch((error: unknown) => {
    // Only what is known to be new may be removed again.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw new SnapshotError('target/unusable', `${path} cannot be looked at; check the path and its permissions`, { cause: error });
  });
  if (present?.isDirectory() === true) throw new SnapshotError('target/unusable', `${path} is a directory, and snapshot ${record.id} is an image; name a file or block device`);
  if (present !== undefined && !overwrite) throw new SnapshotError('argument/invalid', `${path} exists; give --overwrite to write over it, or use rollback to write only what differs`);
  if (present !== undefined) await refuseOwnRepository(repository, path);
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

/** Before anything is cut to size: the image may hold the very repository. */
async function refuseOwnRepository({ localPath, description }: Repository, path: string): Promise<void> {
  if (localPath === undefined) return;
  const volume = await openFileVolume(path, { readOnly: true });
  try {
    if (await volume.holdsPath(localPath)) throw new SnapshotError('rollback/repository-on-target', `the repository ${description} lies on ${path}; restore to another place`);
  } finally {
    await volume.close();
  }
}
