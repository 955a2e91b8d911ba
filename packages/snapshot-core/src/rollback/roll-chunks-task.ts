import { readSync } from 'node:fs';
import { engineToolsOf, type EngineTools } from '../snapshot/engine/engine-tools.ts';
import { fillWindow, type WindowChunk } from '../snapshot/window/fill-window.ts';
import { splitIntoWindows, windowMemory } from '../snapshot/window/window-chunks.ts';
import { writeFully } from '../snapshot/window/write-chunks-task.ts';
import { appendRange, type ByteRange } from '../source/byte-range.ts';
import type { WorkerTask } from '../worker-pool/worker-task.ts';
import { differingBlocks } from './differing-blocks.ts';

/** Consecutive chunks of an image, and the volume they are compared with. */
export interface RollChunksInput {
  /** Open for reading and writing in this process. */
  readonly descriptor: number;
  readonly packed: Uint8Array;
  /** Of the first chunk. */
  readonly offset: number;
}

/** What was found different; ascending, neighbours joined. */
export interface RolledChunks {
  readonly rewritten: number;
  readonly kept: number;
  readonly bytesWritten: number;
  readonly changed: readonly ByteRange[];
}

/** Small enough that bytes are hashed while they are in the processor's cache. */
const windowBytes = 1_048_576;

/** Compares chunks by identity with what a volume has, and writes the 4 KiB blocks that differ. Idempotent. */
export const rollChunksTask: WorkerTask<RollChunksInput, RolledChunks> = {
  name: 'roll-chunks',
  async run({ descriptor, packed, offset }, context) {
    const tools = engineToolsOf(context);
    const changed: ByteRange[] = [];
    let [rewritten, kept, bytesWritten] = [0, 0, 0];
    for (const window of splitIntoWindows(packed, offset, windowBytes)) {
      context.throwIfAborted();
      const present = windowMemory(tools.kernels, 0, window.lengthBytes);
      const different = findDifferent(tools, descriptor, present, window.offset, window.chunks);
      kept += window.chunks.length - different.length;
      rewritten += different.length;
      if (different.length === 0) continue;
      const wanted = windowMemory(tools.kernels, window.lengthBytes, window.lengthBytes);
      await fillWindow(tools, wanted, different);
      for (const { target, lengthBytes, presentBytes } of different) {
        const start = window.offset + target;
        for (const block of differingBlocks(wanted.subarray(target, target + lengthBytes), present.subarray(target, target + presentBytes), start)) {
          const at = block.offset - window.offset;
          writeFully(descriptor, wanted.subarray(at, at + block.bytes), block.offset);
          bytesWritten += block.bytes;
        }
        appendRange(changed, { offset: start, bytes: lengthBytes });
      }
    }
    return { rewritten, kept, bytesWritten, changed };
  },
};

/** Compares chunks by identity with what a volume has. @returns the offset of the first that differs, or `undefined` */
export const verifyChunksTask: WorkerTask<RollChunksInput, number | undefined> = {
  name: 'verify-chunks',
  run({ descriptor, packed, offset }, context) {
    const tools = engineToolsOf(context);
    for (const window of splitIntoWindows(packed, offset, windowBytes)) {
      context.throwIfAborted();
      const [first] = findDifferent(tools, descriptor, windowMemory(tools.kernels, 0, window.lengthBytes), window.offset, window.chunks);
      if (first !== undefined) return window.offset + first.target;
    }
    return undefined;
  },
};

/** Reads a window of a volume and answers with the chunks that are not in it, and how many bytes of each could be read. */
function findDifferent(tools: EngineTools, descriptor: number, into: Uint8Array, offset: number, chunks: readonly WindowChunk[]): (WindowChunk & { readonly presentBytes: number })[] {
  const readBytes = readAt(descriptor, into, offset);
  return chunks.flatMap((chunk) => {
    const { id, target, lengthBytes } = chunk;
    const place = into.subarray(target, target + lengthBytes);
    // A disk that cannot give the whole window may still give most of its chunks.
    const presentBytes = readBytes === into.length ? lengthBytes : readAt(descriptor, place, offset + target);
    return presentBytes === lengthBytes && Buffer.compare(tools.identity.digest(place), id) === 0 ? [] : [{ ...chunk, presentBytes }];
  });
}

/** Bytes that were read: fewer at the end, none when the disk cannot give them (a bad sector is repaired by writing it). */
function readAt(descriptor: number, into: Uint8Array, offset: number): number {
  try {
    let done = 0;
    while (done < into.length) {
      const bytesRead = readSync(descriptor, into, done, into.length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  } catch {
    return 0;
  }
}
