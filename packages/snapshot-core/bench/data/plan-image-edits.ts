import { createRandom } from './create-random.ts';
import { blockBytes } from './image-pieces.ts';

/** A stretch of the old image to be overwritten; both in bytes, multiples of 4096. */
export interface Overwrite {
  readonly offset: number;
  readonly bytes: number;
}

/** How a second version of an image differs from the first. */
export interface ImageEdits {
  /** Of the first version. */
  readonly imageBytes: number;
  /** In ascending order, apart from each other. One block in a hundred, in clusters of at most 29. */
  readonly overwrites: readonly Overwrite[];
  /** What is put in before `offset` of the old image shifts everything behind it. Not a multiple of 64 KiB. */
  readonly insertion: Overwrite;
  /** What comes after the old end. */
  readonly appendedBytes: number;
  /** Sum of all the above: no method can store less but by compressing. */
  readonly changedBytes: number;
}

/** Plans the second version of an image of `imageBytes`. Pure. */
export function planImageEdits(seed: number, imageBytes: number): ImageEdits {
  const random = createRandom(seed, 0x656469);
  const blocks = imageBytes / blockBytes;
  const overwrites: Overwrite[] = [];
  // One cluster in every stretch of `stride` blocks keeps them apart and spread out.
  const meanCluster = 15;
  const stride = Math.round(meanCluster * 100);
  for (let start = 0; start < blocks; start += stride) {
    const cluster = Math.min(1 + random.below(29), blocks - start);
    const first = start + random.below(Math.max(1, Math.min(stride, blocks - start) - cluster - 1));
    overwrites.push({ offset: first * blockBytes, bytes: cluster * blockBytes });
  }
  const insertion = { offset: Math.floor(blocks * 0.42) * blockBytes, bytes: (Math.floor(blocks / 900 / 16) * 16 + 5) * blockBytes };
  const appendedBytes = Math.ceil(blocks / 70) * blockBytes;
  const changedBytes = overwrites.reduce((sum, { bytes }) => sum + bytes, 0) + insertion.bytes + appendedBytes;
  return { imageBytes, overwrites, insertion, appendedBytes, changedBytes };
}
