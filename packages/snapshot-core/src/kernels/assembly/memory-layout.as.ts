// Where the kernels keep what is theirs: below 8 KiB, which is `dataStart` in ../kernels.ts.

/** Smallest chunk, where the looser rule begins, largest chunk (u32 each). */
export const minBytesAt: usize = 0;
export const looseFromBytesAt: usize = 4;
export const maxBytesAt: usize = 8;
/** Stage two: how many top bits must be zero up to where the looser rule begins, and beyond it (u32 each). */
export const strictBitsAt: usize = 12;
export const looseBitsAt: usize = 16;
/** Stage two: the start value, then nine multipliers (u32 each). */
export const seedAt: usize = 20;
export const multipliersAt: usize = 24;
/** Stage one: three keys and the target (u8 each). */
export const keysAt: usize = 60;
export const targetAt: usize = 63;
/** 1 when the last chunk was cut by its content, else 0 (u32). */
export const cutByContentAt: usize = 64;

/** 4 KiB for the probe: its counts of byte values at first, then its table of seen places. */
export const scratchAt: usize = 4096;
export const scratchBytes: usize = 4096;
