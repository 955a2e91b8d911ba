import { regionBytes } from '../../chunking/chunk-profiles.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { gapsWithin, rangesWithin, type ByteRange } from '../../source/byte-range.ts';
import type { PlannedRegion } from '../../source/plan-regions.ts';
import { readVolumePieces } from '../../source/read-pieces.ts';
import type { VolumePort } from '../../source/volume-port.ts';
import { saveChunks } from '../save-chunks.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';
import type { VolumeContext } from '../volume-context.ts';
import { countPacked, packedBytesOf, packedChunks, packedLengthAt, packedReferenceBytes, PackedReferenceWriter, toPackedChunk } from '../../format/packed-references.ts';
import type { ParentWindow } from './read-parent-windows.ts';
import { takeRegionTask } from './take-region-task.ts';

/** What came of a region. */
export interface ReadRegion {
  /** See `packed-references`. */
  readonly packed: Uint8Array;
  readonly isTrackerWrong: boolean;
  /** Adds what was done to the snapshot's counts. Called when the region's turn has come, so that counts grow in order. */
  count(tally: SnapshotTally): void;
}

/** One region to take, and what is known of it. */
export interface RegionToRead {
  readonly region: PlannedRegion;
  readonly parent: ParentWindow | undefined;
  readonly changed: readonly ByteRange[] | undefined;
  readonly allocated: readonly ByteRange[] | undefined;
}

/** Takes over one region, or reads it: in a worker when the volume is a file of this process, else through its port. */
export async function readRegion(context: VolumeContext, volume: VolumePort, work: RegionToRead): Promise<ReadRegion> {
  const { region, parent } = work;
  const isKnown = parent !== undefined && (region.action === 'reuse' || region.reason === 'rotation');
  const known = isKnown ? chunksOfRegion(parent, region) : undefined;
  if (region.action === 'reuse' && known !== undefined && areStored(context, known))
    return { packed: known, isTrackerWrong: false, count: (tally) => void (tally.bytesReused += region.bytes) };
  const done = volume.descriptor === undefined ? await readThroughPort(context, volume, work) : await readByWorker(context, volume, volume.descriptor, work);
  const isTrackerWrong = done.isTrackerWrong || (region.reason === 'rotation' && known !== undefined && contradict(known, done.packed, region.offset, work.allocated));
  return { ...done, isTrackerWrong };
}

/** The parent's chunks of exactly this region; `undefined` when they do not fill it. */
function chunksOfRegion({ packed, firstOffset }: ParentWindow, region: ByteRange): Uint8Array | undefined {
  let from = packed.length;
  let to = packed.length;
  let offset = firstOffset;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
    const at = ordinal * packedReferenceBytes;
    if (offset >= region.offset) from = Math.min(from, at);
    if (offset >= region.offset + regionBytes) to = Math.min(to, at);
    offset += packedLengthAt(packed, ordinal);
  }
  const found = packed.subarray(from, to);
  return packedBytesOf(found) === region.bytes ? found : undefined;
}

function areStored({ repository }: VolumeContext, packed: Uint8Array): boolean {
  for (const { id } of packedChunks(packed)) if (!repository.has(Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex'), 'data')) return false;
  return true;
}

/**
 * Whether something differs where nothing should have changed: of what begins at the same place in both, and is all in use. What was
 * given free since has become zeros without a change, and moves where chunks behind it begin.
 */
function contradict(known: Uint8Array, found: Uint8Array, start: number, allocated: readonly ByteRange[] | undefined): boolean {
  const foundAt = new Map<number, Uint8Array>();
  let offset = start;
  for (const { id, lengthBytes } of packedChunks(found)) {
    foundAt.set(offset, id);
    offset += lengthBytes;
  }
  offset = start;
  for (const { id, lengthBytes } of packedChunks(known)) {
    const other = foundAt.get(offset);
    const isInUse = allocated === undefined || rangesWithin(allocated, { offset, bytes: lengthBytes })[0]?.bytes === lengthBytes;
    if (other !== undefined && Buffer.compare(other, id) !== 0 && isInUse) return true;
    offset += lengthBytes;
  }
  return false;
}

async function readByWorker(context: VolumeContext, volume: VolumePort, descriptor: number, { region, parent, changed, allocated }: RegionToRead): Promise<ReadRegion> {
  const { engine, generation, verifyAll } = context;
  const part = { offset: region.offset, bytes: region.bytes };
  const { packed, addedChunks, ...taken } = await engine.pool.run(takeRegionTask, {
    descriptor, region: part, isLast: region.offset + region.bytes === volume.bytes, generation, verifyAll, parent,
    // A region that is read to see whether the tracker is right is not taken over on its word; and what is free now is zeros, changed or not.
    unchanged: changed === undefined || region.reason === 'rotation' ? [] : gapsWithin(changed, part).flatMap((gap) => (allocated === undefined ? [gap] : rangesWithin(allocated, gap))),
    allocated: allocated && rangesWithin(allocated, part),
  });
  if (addedChunks > 0) for (const { id } of packedChunks(packed)) engine.expect(id, 'data');
  return {
    packed, isTrackerWrong: taken.isTrackerWrong,
    count(tally) {
      tally.bytesRead += taken.bytesRead;
      tally.bytesAdded += taken.addedBytes;
      tally.bytesReused += Math.max(0, region.bytes - taken.bytesRead);
    },
  };
}

async function readThroughPort(context: VolumeContext, volume: VolumePort, { region, allocated }: RegionToRead): Promise<ReadRegion> {
  const writer = new PackedReferenceWriter();
  let done = 0;
  const isLast = region.offset + region.bytes === volume.bytes;
  for await (const reference of saveChunks(context, readVolumePieces(volume, region, allocated))) {
    done += reference.lengthBytes;
    writer.add(toPackedChunk(reference.cut === 'end' && !isLast ? { ...reference, cut: 'region' } : reference));
  }
  if (done !== region.bytes) throw new SnapshotError('source/unreadable', `the volume ended at byte ${region.offset + done} of ${region.offset + region.bytes}; it must not change while it is read`);
  // Its bytes were counted while they were saved.
  return { packed: writer.finish(), isTrackerWrong: false, count: () => {} };
}
