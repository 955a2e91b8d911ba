import type { SieveParameters } from './sieve-parameters.ts';

/** First byte of `Kernels.bytes` that callers may use. A page, so that what is read into it lies well. */
export const dataStart = 8_192;

/**
 * The inner loops of the engine, on bytes that lie in their own memory: read into it, work in place.
 *
 * Positions are offsets into `bytes`, from `dataStart` on. Nobody checks them: they must lie within `bytes`. One instance
 * serves one thread, and one set of sieve parameters at a time.
 */
export interface Kernels {
  /** All of the memory. The view stays valid: the memory never grows. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** First byte that callers may use; below it the kernels keep what is theirs. */
  readonly dataStart: number;
  /** False for the plain TypeScript fallback, which gives the same answers more slowly. */
  readonly simd: boolean;
  /** Sets what `findCut` goes by from now on. The parameters are copied. */
  setSieve(parameters: SieveParameters): void;
  /**
   * Where the chunk that starts at `start` ends (exclusive); `cutByContent` then tells why. Only bytes from `start` up to
   * `end` decide. `end` must be the end of the region or source, or at least `maxBytes` after `start`.
   */
  findCut(start: number, end: number): number;
  /** Whether the last `findCut` ended the chunk for its content; else it ran into the largest size or into `end`. */
  readonly cutByContent: boolean;
  /** True for no bytes at all. */
  isAllZero(start: number, lengthBytes: number): boolean;
  /** Whether compressing these bytes would be a waste of time. An estimate: a wrong one costs time or space, never bytes. */
  isIncompressible(start: number, lengthBytes: number): boolean;
  /**
   * Writes the ordinals of the blocks that differ, ascending, to `out` as u32 in little-endian order; returns how many.
   * The last block may be short. `out` needs 4 bytes for each block, apart from both inputs.
   */
  differingBlocks(left: number, right: number, lengthBytes: number, blockBytes: number, out: number): number;
}
