import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ContentReference, FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadChunk, readReferences } from '../snapshot/read-content.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { differingBlocks } from './differing-blocks.ts';

/** What rolling a volume back did. */
export interface VolumeRollback {
  /** Chunks that were not as stored, and those that were. */
  readonly rewritten: number;
  readonly kept: number;
  readonly bytesWritten: number;
}

/** How to roll a volume back. */
export interface VolumeRollbackOptions {
  /** Read everything back at the end, not only what was written. */
  readonly verifyAll: boolean;
  /** Threads, where the volume is a file or device of this process; 0 for none. Default: one for each processor. */
  readonly workers?: number | undefined;
  readonly onProgress: (phase: 'write' | 'verify', bytesDone: number, bytesWritten: number) => void;
}

/**
 * Compares a volume with a stored image chunk by chunk, writes the 4 KiB blocks that differ, flushes, and reads back what
 * it wrote, or everything with `verifyAll`. Idempotent: run again after a cut, it finishes.
 *
 * @throws {SnapshotError} `object/*`, `rollback/verification-failed`
 */
export async function rollbackVolume(
  repository: Repository, root: FileEntry, volume: VolumePort, { verifyAll, onProgress }: VolumeRollbackOptions, options: CallOptions,
): Promise<VolumeRollback> {
  let rewritten = 0;
  let kept = 0;
  let bytesWritten = 0;
  const changed: [start: number, end: number][] = [];
  for await (const { reference, offset } of withOffsets(repository, root, options)) {
    const present = await readChunk(volume, offset, reference.lengthBytes);
    if (present !== undefined && repository.identify(present) === reference.id) kept += 1;
    else {
      const wanted = await loadChunk(repository, reference, options);
      for (const block of differingBlocks(wanted, present ?? new Uint8Array(0), offset)) {
        await volume.write(block.offset, wanted.subarray(block.offset - offset, block.offset - offset + block.bytes));
        bytesWritten += block.bytes;
      }
      rewritten += 1;
      const last = changed.at(-1);
      if (last?.[1] === offset) last[1] = offset + reference.lengthBytes;
      else changed.push([offset, offset + reference.lengthBytes]);
    }
    onProgress('write', offset + reference.lengthBytes, bytesWritten);
  }
  await volume.flush();
  let next = 0;
  for await (const { reference, offset } of withOffsets(repository, root, options)) {
    while (next < changed.length && (changed[next]?.[1] ?? 0) <= offset) next += 1;
    if (!verifyAll && (changed[next]?.[0] ?? Number.POSITIVE_INFINITY) > offset) continue;
    const present = await readChunk(volume, offset, reference.lengthBytes);
    if (present === undefined || repository.identify(present) !== reference.id)
      throw new SnapshotError('rollback/verification-failed', `${volume.description} does not read back as stored at byte ${offset}; check the disk, then resume`);
    onProgress('verify', offset + reference.lengthBytes, bytesWritten);
  }
  return { rewritten, kept, bytesWritten };
}

async function* withOffsets(repository: Repository, root: FileEntry, options: CallOptions): AsyncGenerator<{ reference: ContentReference; offset: number }> {
  let offset = 0;
  for await (const reference of readReferences(repository, root.content, 'data', options)) {
    options.signal?.throwIfAborted();
    yield { reference, offset };
    offset += reference.lengthBytes;
  }
}

/** `undefined` when the volume cannot give the bytes: a bad sector is repaired by writing it. */
async function readChunk(volume: VolumePort, offset: number, bytes: number): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(bytes);
  try {
    return buffer.subarray(0, await volume.read(offset, buffer));
  } catch {
    return undefined;
  }
}
