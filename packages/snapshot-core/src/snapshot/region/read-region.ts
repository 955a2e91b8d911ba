import { regionBytes } from '../../chunking/chunk-profiles.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { ContentReference } from '../../format/tree-entry.ts';
import { gapsWithin, rangesWithin, type ByteRange } from '../../source/byte-range.ts';
import type { PlannedRegion } from '../../source/plan-regions.ts';
import { readVolumePieces } from '../../source/read-pieces.ts';
import type { VolumePort } from '../../source/volume-port.ts';
import { saveChunks } from '../save-chunks.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';
import type { VolumeContext } from '../take-volume.ts';
import { countPacked, packedChunkAt, toContentReference } from './packed-references.ts';
import type { ParentWindow } from './read-parent-windows.ts';
import { takeRegionTask } from './take-region-task.ts';

/** What came of a region. */
export interface ReadRegion {
  readonly references: readonly ContentReference[];
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
  if (region.action === 'reuse' && known?.every(({ id, kind }) => context.repository.has(id, kind)) === true)
    return { references: known, isTrackerWrong: false, count: (tally) => void (tally.bytesReused += region.bytes) };
  const done = volume.descriptor === undefined ? await readThroughPort(context, volume, work) : await readByWorker(context, volume, volume.descriptor, work);
  const isTrackerWrong = done.isTrackerWrong || (region.reason === 'rotation' && known !== undefined && contradict(known, done.references, region.offset, work.allocated));
  return { ...done, isTrackerWrong };
}

/** The parent's chunks of exactly this region; `undefined` when they do not fill it. */
function chunksOfRegion({ packed, firstOffset }: ParentWindow, region: ByteRange): readonly ContentReference[] | undefined {
  const found: ContentReference[] = [];
  let offset = firstOffset;
  let bytes = 0;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
    const chunk = packedChunkAt(packed, ordinal);
    if (offset >= region.offset && offset < region.offset + regionBytes) {
      found.push(toContentReference(chunk));
      bytes += chunk.lengthBytes;
    }
    offset += chunk.lengthBytes;
  }
  return bytes === region.bytes ? found : undefined;
}

/**
 * Whether something differs where nothing should have changed: of what begins at the same place in both, and is all in use. What was
 * given free since has become zeros without a change, and moves where chunks behind it begin.
 */
function contradict(known: readonly ContentReference[], found: readonly ContentReference[], start: number, allocated: readonly ByteRange[] | undefined): boolean {
  const foundAt = new Map<number, string>();
  let offset = start;
  for (const { id, lengthBytes } of found) {
    foundAt.set(offset, id);
    offset += lengthBytes;
  }
  offset = start;
  return known.some(({ id, lengthBytes }) => {
    const other = foundAt.get(offset);
    const isInUse = allocated === undefined || rangesWithin(allocated, { offset, bytes: lengthBytes })[0]?.bytes === lengthBytes;
    offset += lengthBytes;
    return other !== undefined && other !== id && isInUse;
  });
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
  const references = Array.from({ length: countPacked(packed) }, (_, ordinal) => toContentReference(packedChunkAt(packed, ordinal)));
  if (addedChunks > 0) for (const { id } of references) engine.expect(id, 'data');
  return {
    references, isTrackerWrong: taken.isTrackerWrong,
    count(tally) {
      tally.bytesRead += taken.bytesRead;
      tally.bytesAdded += taken.addedBytes;
      tally.bytesReused += Math.max(0, region.bytes - taken.bytesRead);
    },
  };
}

async function readThroughPort(context: VolumeContext, volume: VolumePort, { region, allocated }: RegionToRead): Promise<ReadRegion> {
  const references: ContentReference[] = [];
  let done = 0;
  const isLast = region.offset + region.bytes === volume.bytes;
  for await (const reference of saveChunks(context, readVolumePieces(volume, region, allocated))) {
    done += reference.lengthBytes;
    references.push(reference.cut === 'end' && !isLast ? { ...reference, cut: 'region' } : reference);
  }
  if (done !== region.bytes) throw new SnapshotError('source/unreadable', `the volume ended at byte ${region.offset + done} of ${region.offset + region.bytes}; it must not change while it is read`);
  // Its bytes were counted while they were saved.
  return { references, isTrackerWrong: false, count: () => {} };
}
