import { regionBytes } from '../chunking/chunk-profiles.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ContentReference, TreeEntry } from '../format/tree-entry.ts';
import { loadAllocatedRanges } from '../source/allocated-ranges.ts';
import type { ByteRange } from '../source/byte-range.ts';
import { collectChangedRanges, planRegions } from '../source/plan-regions.ts';
import type { PlannedRegion } from '../source/plan-regions.ts';
import { readVolumePieces } from '../source/read-pieces.ts';
import type { VolumeSource } from '../source/snapshot-source.ts';
import { ContentBuilder } from './content-builder.ts';
import { isDamage } from './is-damage.ts';
import { openParentRegions } from './parent-regions.ts';
import type { ParentRegions } from './parent-regions.ts';
import { saveChunks } from './save-chunks.ts';
import type { SaveContext } from './save-chunks.ts';
import type { StoredContent } from './store-content.ts';
import type { TakeContext } from './take-context.ts';

/** What taking a volume needs of a snapshot's context. */
type VolumeContext = SaveContext & Pick<TakeContext, 'verifyAll'>;

const imagePath = new Uint8Array(0);

/**
 * Stores a volume region by region: those without a change since the parent are taken over unread, when a change tracker says so.
 *
 * @throws {SnapshotError} `source/unreadable` when the volume ends early
 */
export async function takeVolume(context: VolumeContext, source: VolumeSource, parent: TreeEntry | undefined, generation: number): Promise<StoredContent> {
  const { volume } = source;
  const allocated = await loadAllocatedRanges(volume);
  const parentFile = parent?.type === 'file' ? parent : undefined;
  const changedRanges = source.changedRanges === undefined || context.verifyAll ? undefined : await collectChangedRanges(source.changedRanges, volume.bytes, regionBytes);
  const input = { sizeBytes: volume.bytes, regionBytes, generation };
  const plan = planRegions({ ...input, changedRanges, parentBytes: parentFile?.size });
  const ignore = (reason: string) => context.tally.issues.add(imagePath, 'changes-ignored', `${reason}; everything is read`);
  if (plan.ignored !== undefined) ignore(`the list of changes does not count: ${plan.ignored}`);
  const isTracked = plan.regions.some(({ reason }) => reason === 'unchanged' || reason === 'rotation');
  const parents = isTracked && parentFile !== undefined ? openParentRegions(context.repository, parentFile.content, context.options) : undefined;
  try {
    const stored = await takeRegions(context, source, plan.regions, allocated, parents);
    if (stored !== undefined) return stored;
  } finally {
    await parents?.close();
  }
  ignore('the change tracker missed a change');
  const again = await takeRegions(context, source, planRegions(input).regions, allocated, undefined);
  if (again === undefined) throw new SnapshotError('source/unreadable', `${volume.description} could not be read as a whole`);
  return again;
}

/** `undefined` when a region in which nothing should have changed differs from the parent: then no region may be taken over. */
async function takeRegions(
  context: VolumeContext, { volume }: VolumeSource, regions: readonly PlannedRegion[], allocated: readonly ByteRange[] | undefined, parents: ParentRegions | undefined,
): Promise<StoredContent | undefined> {
  const { repository, tally, options } = context;
  const builder = new ContentBuilder(repository, 'data', tally.saved);
  let chunkCount = 0;
  let damaged = false;
  const lookUp = async (region: PlannedRegion) => {
    if (parents === undefined || damaged || (region.action === 'read' && region.reason !== 'rotation')) return undefined;
    try {
      return await parents.find(region);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged = true;
      tally.issues.add(imagePath, 'parent-damaged', `the parent snapshot cannot be read from byte ${region.offset} on, so the rest is read from the source: ${String(error)}`);
      return undefined;
    }
  };
  for (const region of regions) {
    const known = await lookUp(region);
    const reused = region.action === 'reuse' && known?.every(({ id, kind }) => repository.has(id, kind)) === true ? known : undefined;
    let at = 0;
    for await (const reference of reused ?? readRegion(context, region, readVolumePieces(volume, region, allocated), region.offset + region.bytes === volume.bytes)) {
      options.signal?.throwIfAborted();
      if (region.reason === 'rotation' && known !== undefined && known[at]?.id !== reference.id) return undefined;
      await builder.add(reference, options);
      at += 1;
    }
    if (reused !== undefined) tally.bytesReused += region.bytes;
    chunkCount += at;
    tally.progress();
  }
  return { content: await builder.finish(options), bytes: volume.bytes, chunkCount };
}

/** Cuts one region into chunks and saves them: the same list as when the whole volume is cut. */
async function* readRegion(context: VolumeContext, region: ByteRange, pieces: AsyncIterable<Uint8Array>, isLast: boolean): AsyncGenerator<ContentReference> {
  let done = 0;
  for await (const reference of saveChunks(context, pieces)) {
    done += reference.lengthBytes;
    yield reference.cut === 'end' && !isLast ? { ...reference, cut: 'region' } : reference;
  }
  if (done !== region.bytes) throw new SnapshotError('source/unreadable', `the volume ended at byte ${region.offset + done} of ${region.offset + region.bytes}; it must not change while it is read`);
}
