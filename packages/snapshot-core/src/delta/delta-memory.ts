import { createKernels } from '../kernels/create-kernels.ts';
import type { Kernels } from '../kernels/kernels.ts';

/** Bytes of the result that are compared at once: small enough for the processor's cache to hold them and their base. */
export const windowBytes = 262_144;

/** What is compared at a time; where a block differs, equal bytes at its ends are found one by one. */
export const compareBlockBytes = 4_096;

/** Bytes a search for anchors reads at once. */
export const searchBytes = 1_048_576;

/** The memory that everything about deltas works in, on one thread: two windows, and the list of blocks that differ. */
export interface DeltaMemory {
  readonly kernels: Kernels;
  /** Positions in the kernels' memory. The search uses all of it from `result` on. */
  readonly result: number;
  readonly base: number;
  readonly blocks: number;
}

/** Makes the memory; keep it for many calls. */
export function createDeltaMemory(): DeltaMemory {
  const kernels = createKernels({ dataBytes: Math.max(searchBytes, 2 * windowBytes + 4 * (windowBytes / compareBlockBytes)) });
  const result = kernels.dataStart;
  return { kernels, result, base: result + windowBytes, blocks: result + 2 * windowBytes };
}
