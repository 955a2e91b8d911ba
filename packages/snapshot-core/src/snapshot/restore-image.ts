import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { withLockedVolume } from '../source/with-locked-volume.ts';
import { readFileContent } from './read-content.ts';
import type { RestoreProgress } from './restore-snapshot.ts';
import { loadRootEntry } from './tree-objects.ts';

/** Root of an image snapshot. @throws {SnapshotError} `snapshot/wrong-kind` when it is a tree */
export async function loadImageRoot(repository: Repository, snapshotId: string, options: CallOptions): Promise<FileEntry> {
  const record = await repository.getSnapshot(snapshotId, options);
  const root = await loadRootEntry(repository, record.rootId, options);
  if (record.source.kind !== 'image' || root.type !== 'file')
    throw new SnapshotError('snapshot/wrong-kind', `snapshot ${snapshotId} is a directory tree, not an image; restore it to a directory`);
  return root;
}

/** Yields an image's or stream's bytes in order, each chunk verified; the caller owns them. @throws {SnapshotError} `snapshot/*`, `object/*` */
export async function* readImage(repository: Repository, snapshotId: string, options: CallOptions = {}): AsyncGenerator<Uint8Array> {
  yield* readFileContent(repository, (await loadImageRoot(repository, snapshotId, options)).content, options);
}

/**
 * Writes a whole image to a volume of the same size and flushes it. Use `rollbackImage` to write only what differs.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable` (another size, or it cannot be locked), `rollback/repository-on-target`, `object/*`
 */
export async function restoreImage(
  repository: Repository, snapshotId: string, volume: VolumePort,
  options: CallOptions & { readonly onProgress?: (progress: RestoreProgress) => void; readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'> } = {},
): Promise<void> {
  await repository.withLease('shared', async () => {
    const root = await loadImageRoot(repository, snapshotId, options);
    await refuseUnfitVolume(repository, root, volume);
    await withLockedVolume(volume, async () => {
      let offset = 0;
      for await (const bytes of readFileContent(repository, root.content, options)) {
        options.signal?.throwIfAborted();
        await volume.write(offset, bytes);
        offset += bytes.length;
        options.onProgress?.({ filesDone: 0, bytesWritten: offset, totalBytes: root.size });
      }
      await volume.flush();
    });
  }, { ...(options.signal !== undefined && { signal: options.signal }), ...options.lease });
}

/** @throws {SnapshotError} `target/unusable` for another size, `rollback/repository-on-target` when overwriting would destroy the repository */
export async function refuseUnfitVolume(repository: Repository, root: FileEntry, volume: VolumePort): Promise<void> {
  if (volume.bytes !== root.size)
    throw new SnapshotError('target/unusable', `${volume.description} has ${volume.bytes} bytes, the snapshot has ${root.size}; name a volume of the same size`);
  if (repository.localPath !== undefined && (await volume.holdsPath(repository.localPath)))
    throw new SnapshotError('rollback/repository-on-target', `the repository ${repository.description} lies on ${volume.description}; move it to another volume`);
}
