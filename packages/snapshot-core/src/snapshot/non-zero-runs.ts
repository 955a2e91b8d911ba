import type { ByteRange } from '../source/byte-range.ts';

/** Room is given out in blocks of at least this size by every common file system. */
export const holeBlockBytes = 4_096;

const zeros = new Uint8Array(holeBlockBytes);

/**
 * The parts of `bytes`, which lie at `offset` of a file, that are to be written into a file of nothing but holes: all blocks,
 * counted from the start of the file, that hold anything but zeros. Pure.
 *
 * Ranges are positions in the file, ascending, neighbours joined. At both ends of `bytes` a block counts as far as it is there.
 */
export function nonZeroRuns(bytes: Uint8Array, offset: number): ByteRange[] {
  const runs: ByteRange[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + holeBlockBytes - ((offset + start) % holeBlockBytes));
    if (!isZero(bytes, start, end)) {
      const last = runs.at(-1);
      if (last !== undefined && last.offset + last.bytes === offset + start) runs[runs.length - 1] = { offset: last.offset, bytes: last.bytes + end - start };
      else runs.push({ offset: offset + start, bytes: end - start });
    }
    start = end;
  }
  return runs;
}

/** Whether a whole block of zeros, counted from the start of the file, lies in `bytes`. Pure. */
export function hasZeroBlock(bytes: Uint8Array, offset: number): boolean {
  for (let start = (holeBlockBytes - (offset % holeBlockBytes)) % holeBlockBytes; start + holeBlockBytes <= bytes.length; start += holeBlockBytes)
    if (isZero(bytes, start, start + holeBlockBytes)) return true;
  return false;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === 0 && Buffer.compare(bytes.subarray(start, end), zeros.subarray(0, end - start)) === 0;
}
