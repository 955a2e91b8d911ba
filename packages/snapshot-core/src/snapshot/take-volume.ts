import { regionBytes } from '../chunking/chunk-profiles.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { countPacked } from '../format/packed-references.ts';
import type { FileEntry, TreeEntry } from '../format/tree-entry.ts';
import { loadAllocatedRanges } from '../source/allocated-ranges.ts';
import type { ByteRange } from '../source/byte-range.ts';
import { collectChangedRanges, planRegions } from '../source/plan-regions.ts';
import type { PlannedRegion } from '../source/plan-regions.ts';
import type { VolumeSource } from '../source/snapshot-source.ts';
import { PackedContentBuilder } from './packed-content-builder.ts';
import { runInOrder } from '../worker-pool/run-in-order.ts';
import { isDamage } from './is-damage.ts';
import { readParentWindows, type ParentWindow } from './region/read-parent-windows.ts';
import { readRegion, type RegionToRead } from './region/read-region.ts';
import type { StoredContent } from './store-content.ts';
import type { VolumeContext } from './volume-context.ts';

/** How one pass over a volume goes about it. */
interface Pass {
  readonly regions: readonly PlannedRegion[];
  readonly parent: FileEntry | undefined;
  /** What may have changed since the parent, sorted and joined; absent when nobody knows. */
  readonly changed: readonly ByteRange[] | undefined;
  readonly allocated: readonly ByteRange[] | undefined;
}

/** Changes are remembered by pieces of this size, however long their list is. */
const trackedPieceBytes = 1_048_576;
const imagePath = new Uint8Array(0);

/**
 * Stores a volume region by region. What the parent had is looked for where it was; regions without a change since are taken over
 * unread, when a change tracker says so.
 *
 * @throws {SnapshotError} `source/unreadable` when the volume ends early
 */
export async function takeVolume(context: VolumeContext, source: VolumeSource, parent: TreeEntry | undefined): Promise<StoredContent> {
  const { volume } = source;
  const { tally, generation, verifyAll } = context;
  const allocated = await loadAllocatedRanges(volume);
  const parentFile = parent?.type === 'file' ? parent : undefined;
  const changedRanges = source.changedRanges === undefined || verifyAll ? undefined : await collectChangedRanges(source.changedRanges, volume.bytes, trackedPieceBytes);
  const input = { sizeBytes: volume.bytes, regionBytes, generation };
  const plan = planRegions({ ...input, changedRanges, parentBytes: parentFile?.size });
  const ignore = (reason: string) => tally.issues.add(imagePath, 'changes-ignored', `${reason}; everything is read`);
  if (plan.ignored !== undefined) ignore(`the list of changes does not count: ${plan.ignored}`);
  const stored = await takeRegions(context, source, { regions: plan.regions, parent: parentFile, changed: plan.changed, allocated });
  if (stored !== undefined) return stored;
  ignore('the change tracker missed a change');
  const again = await takeRegions(context, source, { regions: planRegions(input).regions, parent: parentFile, changed: undefined, allocated });
  if (again === undefined) throw new SnapshotError('source/unreadable', `${volume.description} could not be read as a whole`);
  return again;
}

/** `undefined` when something differs from the parent in which nothing should have changed: then nothing may be taken over unread. */
async function takeRegions(context: VolumeContext, { volume }: VolumeSource, pass: Pass): Promise<StoredContent | undefined> {
  const { repository, tally, options, engine, damage } = context;
  const { changed, allocated } = pass;
  const builder = new PackedContentBuilder(repository, tally.saved);
  let chunkCount = 0;
  const limit = volume.descriptor === undefined ? 1 : 2 * engine.pool.size;
  for await (const done of runInOrder(withWindows(context, pass), limit, (region) => readRegion(context, volume, { ...region, changed, allocated }))) {
    damage?.requireNone();
    if (done.isTrackerWrong) return undefined;
    await builder.add(done.packed, options);
    chunkCount += countPacked(done.packed);
    done.count(tally);
    tally.progress();
  }
  return { content: await builder.finish(options), bytes: volume.bytes, chunkCount };
}

/** The regions of a pass, each with what the parent had around it: nothing from where the parent is damaged on, which costs speed, never the snapshot. */
async function* withWindows({ repository, tally, options }: VolumeContext, { regions, parent }: Pass): AsyncGenerator<Pick<RegionToRead, 'region' | 'parent'>> {
  let windows = parent && readParentWindows(repository, parent.content, options);
  try {
    for (const region of regions) {
      options.signal?.throwIfAborted();
      let window: ParentWindow | undefined;
      try {
        window = (await windows?.next())?.value ?? undefined;
      } catch (error) {
        if (!isDamage(error)) throw error;
        windows = undefined;
        tally.issues.add(imagePath, 'parent-damaged', `the parent snapshot cannot be read from byte ${region.offset} on, so the rest is read from the source: ${String(error)}`);
      }
      yield { region, parent: window };
    }
  } finally {
    await windows?.return();
  }
}
