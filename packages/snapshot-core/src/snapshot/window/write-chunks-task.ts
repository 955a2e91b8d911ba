import { writeSync } from 'node:fs';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { WorkerTask } from '../../worker-pool/worker-task.ts';
import { engineToolsOf } from '../engine/engine-tools.ts';
import { fillWindow } from './fill-window.ts';
import { splitIntoWindows, windowMemory } from './window-chunks.ts';

/** Consecutive chunks of an image and where they go. */
export interface WriteChunksInput {
  /** Open for writing in this process. */
  readonly descriptor: number;
  readonly packed: Uint8Array;
  /** Of the first chunk. */
  readonly offset: number;
}

/** Written at once: large enough for few calls, small enough to stay in the processor's cache for the most part. */
const windowBytes = 4_194_304;

/** Writes stored chunks to a volume, each verified before it is written. */
export const writeChunksTask: WorkerTask<WriteChunksInput, void> = {
  name: 'write-chunks',
  async run({ descriptor, packed, offset }, context) {
    const tools = engineToolsOf(context);
    for (const { offset: at, lengthBytes, chunks } of splitIntoWindows(packed, offset, windowBytes)) {
      context.throwIfAborted();
      const window = windowMemory(tools.kernels, 0, lengthBytes);
      await fillWindow(tools, window, chunks);
      writeFully(descriptor, window, at);
    }
  },
};

/** @throws {SnapshotError} `target/write-failed` */
export function writeFully(descriptor: number, bytes: Uint8Array, offset: number): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
  } catch (cause) {
    throw new SnapshotError('target/write-failed', `the volume cannot be written at byte ${offset}; check that it has room and is sound`, { cause });
  }
}
