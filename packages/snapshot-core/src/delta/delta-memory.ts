import { deltaLimits } from './delta-format.ts';
import { createKernels } from '../kernels/create-kernels.ts';
import type { Kernels } from '../kernels/kernels.ts';

/** Bytes of the result that are compared at once: small enough for the processor's cache to hold them and their base. */
export const windowBytes = 262_144;

/** What is compared at a time; where a block differs, equal bytes at its ends are found one by one. */
export const compareBlockBytes = 4_096;

/** Zero bytes before the content of a dictionary: zstd would take content that begins with its magic number for a trained dictionary. */
export const dictionaryLeadBytes = 8;

/** Bytes a search for anchors reads at once. */
export const searchBytes = 1_048_576;

/** Regions that `createDelta` describes on their own. Bounds memory: a region of new bytes is held until it is written. */
export const describedRegionBytes = 16_777_216;

/** Enough for a region's record: at worst its bytes as they are, and the instructions. */
export const recordBufferBytes = describedRegionBytes + 1_048_576;

/** The memory that everything about deltas works in, on one thread: two windows, and the list of blocks that differ. */
export interface DeltaMemory {
  readonly kernels: Kernels;
  /** Positions in the kernels' memory. The search uses all of it from `result` on. */
  readonly result: number;
  readonly base: number;
  readonly blocks: number;
  /** Literals of one frame. */
  readonly plain: Buffer;
  /** The dictionary of one frame. */
  readonly dictionary: Buffer;
  /** Frames or record of one region, where they fit. Regions reuse these, because garbage of megabytes piles up before it is collected. */
  readonly stored: Buffer;
}

/** Makes the memory; keep it for many calls. */
export function createDeltaMemory(): DeltaMemory {
  const kernels = createKernels({ dataBytes: Math.max(searchBytes, 2 * windowBytes + 4 * (windowBytes / compareBlockBytes)) });
  const result = kernels.dataStart;
  let plain: Buffer | undefined;
  let dictionary: Buffer | undefined;
  let stored: Buffer | undefined;
  return {
    kernels,
    result,
    base: result + windowBytes,
    blocks: result + 2 * windowBytes,
    // Made when first used: planning needs none of them.
    get plain() {
      return (plain ??= Buffer.allocUnsafeSlow(deltaLimits.frameBytes));
    },
    get dictionary() {
      return (dictionary ??= Buffer.allocUnsafeSlow(dictionaryLeadBytes + deltaLimits.dictionaryBytes));
    },
    get stored() {
      return (stored ??= Buffer.allocUnsafeSlow(recordBufferBytes));
    },
  };
}
