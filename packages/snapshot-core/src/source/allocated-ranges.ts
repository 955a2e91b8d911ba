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
