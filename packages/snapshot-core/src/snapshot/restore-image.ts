import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { withLockedVolume } from '../source/with-locked-volume.ts';
import { runInOrder } from '../worker-pool/run-in-order.ts';
import { withEngine } from './engine/with-engine.ts';
import { readFileContent } from './read-content.ts';
import type { RestoreProgress } from './restore/restore-snapshot.ts';
import { loadRootEntry } from './tree-objects.ts';
import { packContent, type PackedRun } from './window/pack-content.ts';
import { writeChunksTask } from './window/write-chunks-task.ts';

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

/** How to restore an image. */
export interface RestoreImageOptions extends CallOptions {
  readonly onProgress?: (progress: RestoreProgress) => void;
  /** Threads that read, verify and write; 0 for none. Default: one for each processor, and none for small images. */
  readonly workers?: number;
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
}

/** A task's share: enough to be worth its way, little enough that threads end at about the same time. */
const runBytes = 33_554_432;

/**
 * Writes a whole image to a volume of the same size and flushes it. Every chunk is verified before it is written. Use `rollback` to
 * write only what differs.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable` (another size, or it cannot be locked), `target/write-failed`,
 *   `rollback/repository-on-target`, `object/*`
 */
export async function restoreImage(repository: Repository, snapshotId: string, volume: VolumePort, options: RestoreImageOptions = {}): Promise<void> {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  await repository.withLease('shared', async () => {
    const root = await loadImageRoot(repository, snapshotId, call);
    await refuseUnfitVolume(repository, root, volume);
    await withLockedVolume(volume, async () => {
      await writeImage(repository, root, volume, options, call, (endOffset) => options.onProgress?.({ filesDone: 0, bytesWritten: endOffset, totalBytes: root.size }));
      await volume.flush();
    });
  }, { ...call, ...options.lease });
}

async function writeImage(
  repository: Repository, root: FileEntry, volume: VolumePort, { workers }: RestoreImageOptions, call: CallOptions, onWritten: (endOffset: number) => void,
): Promise<void> {
  const { descriptor } = volume;
  if (descriptor !== undefined) {
    await withEngine(repository, { ...call, workers: workers ?? (root.size < 2 * runBytes ? 0 : undefined) }, async ({ pool }) => {
      const write = async ({ packed, offset, lengthBytes }: PackedRun) => {
        await pool.run(writeChunksTask, { descriptor, packed, offset });
        return offset + lengthBytes;
      };
      for await (const endOffset of runInOrder(packContent(repository, root.content, runBytes, call), 2 * pool.size, write)) onWritten(endOffset);
    });
    return;
  }
  let offset = 0;
  for await (const bytes of readFileContent(repository, root.content, call)) {
    call.signal?.throwIfAborted();
    await volume.write(offset, bytes);
    onWritten((offset += bytes.length));
  }
}

/** @throws {SnapshotError} `target/unusable` for another size, `rollback/repository-on-target` when overwriting would destroy the repository */
export async function refuseUnfitVolume(repository: Repository, root: FileEntry, volume: VolumePort): Promise<void> {
  if (volume.bytes !== root.size)
    throw new SnapshotError('target/unusable', `${volume.description} has ${volume.bytes} bytes, the snapshot has ${root.size}; name a volume of the same size`);
  if (repository.localPath !== undefined && (await volume.holdsPath(repository.localPath)))
    throw new SnapshotError('rollback/repository-on-target', `the repository ${repository.description} lies on ${volume.description}; move it to another volume`);
}
