/** Everything that decides where `sieve-v1` cuts. Two repositories with different keys cut the same bytes differently. */
export interface SieveParameters {
  /** Smallest and largest chunk. */
  readonly minBytes: number;
  readonly maxBytes: number;
  /** A chunk longer than this is cut by `looseBits`, a shorter one by `strictBits`. */
  readonly looseFromBytes: number;
  /** Stage one: three mixing bytes, one per doubling of the window, and the value that makes a candidate. */
  readonly stageOneKeys: readonly [number, number, number];
  readonly stageOneTarget: number;
  /** Stage two: start value and nine odd 32-bit multipliers. */
  readonly stageTwoSeed: number;
  readonly stageTwoMultipliers: Uint32Array;
  /** Stage two: how many top bits must be zero up to, and beyond, `looseFromBytes`. */
  readonly strictBits: number;
  readonly looseBits: number;
}
