import { appendRange, type ByteRange } from '../source/byte-range.ts';

/** Blocks are compared and written in this size, aligned to it from the start of the file or volume. */
export const blockBytes = 4_096;

/**
 * Finds the blocks in which `wanted` differs from `present`, both starting at `offset`; neighbours are joined. Pure.
 *
 * Where `present` ends early, everything after it differs. Ranges are absolute and lie within `wanted`.
 */
export function differingBlocks(wanted: Uint8Array, present: Uint8Array, offset: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let start = 0; start < wanted.length;) {
    const end = Math.min(wanted.length, start + blockBytes - ((offset + start) % blockBytes));
    if (Buffer.compare(wanted.subarray(start, end), present.subarray(start, end)) !== 0)
      appendRange(ranges, { offset: offset + start, bytes: end - start });
    start = end;
  }
  return ranges;
}
