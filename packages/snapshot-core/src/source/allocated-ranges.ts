import { SnapshotError } from '../errors/snapshot-error.ts';
import { mergeRanges } from './byte-range.ts';
import type { ByteRange } from './byte-range.ts';
import type { VolumePort } from './volume-port.ts';

/**
 * The ranges of a volume that hold anything, sorted and joined; `undefined` when all of it counts.
 *
 * @throws {SnapshotError} `source/unreadable` when one lies outside of the volume: what such a map leaves out is not known to be empty
 */
export async function loadAllocatedRanges(volume: VolumePort): Promise<readonly ByteRange[] | undefined> {
  if (volume.allocatedRanges === undefined) return undefined;
  const ranges: ByteRange[] = [];
  for await (const range of volume.allocatedRanges()) ranges.push(range);
  const merged = mergeRanges(ranges, volume.bytes);
  if (merged === undefined)
    throw new SnapshotError('source/unreadable', `the map of allocated ranges of ${volume.description} reaches outside of its ${volume.bytes} bytes; it cannot be trusted, so take the volume without it`);
  return merged;
}

/** The part of sorted, joined ranges that lies in `within`, cut to it. Pure; takes logarithmic time and the length of the answer. */
export function rangesWithin(ranges: readonly ByteRange[], within: ByteRange): ByteRange[] {
  const end = within.offset + within.bytes;
  const found: ByteRange[] = [];
  for (let index = firstEndingAfter(ranges, within.offset); index < ranges.length; index++) {
    const range = ranges[index] as ByteRange;
    if (range.offset >= end) break;
    const offset = Math.max(range.offset, within.offset);
    found.push({ offset, bytes: Math.min(range.offset + range.bytes, end) - offset });
  }
  return found;
}

function firstEndingAfter(ranges: readonly ByteRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle] as ByteRange;
    if (range.offset + range.bytes <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
