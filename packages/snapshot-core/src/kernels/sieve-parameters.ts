/** Everything that decides where `sieve-v1` cuts. Two repositories with different keys cut the same bytes differently. */
export interface SieveParameters {
  /** Smallest, average and largest chunk. */
  readonly minBytes: number;
  readonly averageBytes: number;
  readonly maxBytes: number;
  /** Stage one: three mixing bytes, one per doubling of the window, and the value that makes a candidate. */
  readonly stageOneKeys: readonly [number, number, number];
  readonly stageOneTarget: number;
  /** Stage two: start value and nine odd 32-bit multipliers. */
  readonly stageTwoSeed: number;
  readonly stageTwoMultipliers: Uint32Array;
  /** Stage two: how many top bits must be zero before, and from, the average size on. */
  readonly strictBits: number;
  readonly looseBits: number;
}
