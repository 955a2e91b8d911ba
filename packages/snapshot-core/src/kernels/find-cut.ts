import type { SieveParameters } from './sieve-parameters.ts';

/** Stage two looks at this many bytes before a candidate, stage one at the last few of them. */
const windowBytes = 32;
const stageOneBytes = 8;

/** Where a chunk ends (exclusive), and whether its content or its size decided. */
export interface FoundCut {
  readonly end: number;
  readonly byContent: boolean;
}

/**
 * Finds where the chunk that starts at `start` ends, no later than `end`. Pure; this is `sieve-v1` itself.
 *
 * Stage one rolls an 8-byte checksum in 8-bit arithmetic, which SIMD code computes for 16 positions at once; stage two
 * hashes the 32 bytes before each candidate. A window of eight equal bytes is never a candidate: a run of any one byte
 * value is then neither slow (stage one would match everywhere in it) nor cut into smallest chunks.
 *
 * `end` must be the end of the region or source, or at least `maxBytes` after `start`; otherwise the answer would depend
 * on how the bytes arrived. `byContent` is false for a chunk that was cut at `maxBytes` or ran into `end`.
 *
 * @see docs/design/repository-format.md#sieve-v1
 */
export function findCut(bytes: Uint8Array, start: number, end: number, parameters: SieveParameters): FoundCut {
  const stop = Math.min(end, start + parameters.maxBytes);
  const first = start + parameters.minBytes;
  if (stop <= first) return { end: stop, byContent: false };
  const middle = Math.min(stop, start + parameters.looseFromBytes);
  const [key0, key1, key2] = parameters.stageOneKeys;
  const target = parameters.stageOneTarget;

  // The last two one-byte and four two-byte sums, newest in the low byte, so that a shift ages them.
  let sums2 = 0;
  let sums4 = 0;
  let previous = bytes[first - stageOneBytes] as number;
  let lastChange = first - stageOneBytes;
  for (let position = first - stageOneBytes + 1; position < stop; position++) {
    const byte = bytes[position] as number;
    const sum2 = ((byte ^ key0) + 2 * previous) & 255;
    const sum4 = ((sum2 ^ key1) + 2 * ((sums2 >>> 8) & 255)) & 255;
    const sum8 = ((sum4 ^ key2) + 2 * (sums4 >>> 24)) & 255;
    sums2 = (sums2 << 8) | sum2;
    sums4 = (sums4 << 8) | sum4;
    if (byte !== previous) lastChange = position;
    previous = byte;
    const cut = position + 1;
    if (sum8 === target && cut - lastChange < stageOneBytes && cut >= first) {
      const bits = cut <= middle ? parameters.strictBits : parameters.looseBits;
      if (hashWindow(bytes, cut, parameters) >>> (32 - bits) === 0) return { end: cut, byContent: true };
    }
  }
  return { end: stop, byContent: false };
}

/** Keyed multiply-and-shift over the 32 bytes before `cut`, as eight little-endian words; the top bits are the mixed ones. */
function hashWindow(bytes: Uint8Array, cut: number, parameters: SieveParameters): number {
  const multipliers = parameters.stageTwoMultipliers;
  let hash = parameters.stageTwoSeed;
  for (let word = 0; word < 8; word++) {
    const at = cut - windowBytes + 4 * word;
    const value = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ value, multipliers[word] as number);
    hash ^= hash >>> 16;
  }
  return Math.imul(hash, multipliers[8] as number);
}
