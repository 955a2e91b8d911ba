import { SnapshotError } from '../../errors/snapshot-error.ts';
import { maxObjectBytes } from '../../format/object-reference.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { countPacked, packedChunkAt } from '../../format/packed-references.ts';
import type { WindowChunk } from './fill-window.ts';

/** Consecutive chunks that fit a window, and where in the volume they start. */
export interface ChunkWindow {
  readonly offset: number;
  readonly lengthBytes: number;
  /** Targets count from the window's start. */
  readonly chunks: readonly WindowChunk[];
}

/**
 * Splits consecutive chunks into windows of at most `maxBytes`; a chunk that is longer has one of its own.
 *
 * @throws {SnapshotError} `format/damaged` for one that is longer than objects are
 */
export function* splitIntoWindows(packed: Uint8Array, offset: number, maxBytes: number): Generator<ChunkWindow> {
  let start = offset;
  let chunks: WindowChunk[] = [];
  let lengthBytes = 0;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
    const chunk = packedChunkAt(packed, ordinal);
    if (chunk.lengthBytes > maxObjectBytes)
      throw new SnapshotError('format/damaged', `object ${Buffer.from(chunk.id).toString('hex')} is said to have ${chunk.lengthBytes} bytes, more than objects have; run check`);
    if (chunks.length > 0 && lengthBytes + chunk.lengthBytes > maxBytes) {
      yield { offset: start, lengthBytes, chunks };
      start += lengthBytes;
      [chunks, lengthBytes] = [[], 0];
    }
    chunks.push({ id: chunk.id, lengthBytes: chunk.lengthBytes, target: lengthBytes });
    lengthBytes += chunk.lengthBytes;
  }
  if (chunks.length > 0) yield { offset: start, lengthBytes, chunks };
}

/** Memory for a window, `at` bytes behind the start of what tasks may use: the kernels' own where it fits, as it does but for the longest chunks. */
export function windowMemory({ bytes, dataStart }: Kernels, at: number, lengthBytes: number): Uint8Array {
  const start = dataStart + at;
  return start + lengthBytes <= bytes.length ? bytes.subarray(start, start + lengthBytes) : new Uint8Array(lengthBytes);
}
