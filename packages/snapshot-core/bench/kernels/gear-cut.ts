import type { ChunkSizes } from '../../src/chunking/chunk-profiles.ts';
import { createRandom } from '../data/create-random.ts';

/** 256 random 64-bit numbers, as high and low words. */
export interface GearTable {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

export function createGearTable(seed: number): GearTable {
  const random = createRandom(seed, 0x67656172);
  const words = (): Uint32Array => Uint32Array.from({ length: 256 }, () => random.word());
  return { high: words(), low: words() };
}

/**
 * Where FastCDC (2020) would end the chunk from `start`: gear hash of 64 bits, no test before the smallest size,
 * normalisation level 2. The yardstick for the quality of boundaries, written to be right and not to be fast.
 */
export function gearCut(bytes: Uint8Array, start: number, end: number, sizes: ChunkSizes, table: GearTable): number {
  const stop = Math.min(end, start + sizes.maxBytes);
  const middle = start + sizes.averageBytes;
  const averageBits = Math.log2(sizes.averageBytes);
  let high = 0;
  let low = 0;
  for (let at = start + sizes.minBytes; at < stop; at++) {
    const byte = bytes[at] as number;
    const sum = 2 * low + (table.low[byte] as number);
    low = sum >>> 0;
    // The carry of the low word is at most 2.
    high = (2 * high + (table.high[byte] as number) + Math.floor(sum / 2 ** 32)) >>> 0;
    if (high >>> (32 - (at < middle ? averageBits + 2 : averageBits - 2)) === 0) return at + 1;
  }
  return stop;
}
