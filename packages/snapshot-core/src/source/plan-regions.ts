import { mergeRanges } from './byte-range.ts';
import type { ByteRange } from './byte-range.ts';

/** Every 32nd region is read whatever the change tracker says, another one in each generation: a tracker that lies is found out. */
const rotation = 32;

/** What the decision is made from. */
export interface RegionPlanInput {
  readonly sizeBytes: number;
  /** Regions start at multiples of this. */
  readonly regionBytes: number;
  /** What changed since the parent was taken, in any order; absent when nobody tracked it. */
  readonly changedRanges?: Iterable<ByteRange> | undefined;
  /** Size of the parent; absent without one. */
  readonly parentBytes?: number | undefined;
  /** Generation of the snapshot that is being taken. */
  readonly generation: number;
}

/** One region and what is done with it. */
export interface PlannedRegion extends ByteRange {
  readonly index: number;
  readonly action: 'read' | 'reuse';
  /** `untracked`: no list of changes that counts. `changed`: a change lies in it. `rotation`: nothing changed, read to see whether that is true. */
  readonly reason: 'untracked' | 'changed' | 'rotation' | 'unchanged';
}

/** What to do with each region of a volume. */
export interface RegionPlan {
  /** In order, without gaps. */
  readonly regions: readonly PlannedRegion[];
  /** What may have changed since the parent, sorted and joined; absent when nobody knows. */
  readonly changed?: readonly ByteRange[];
  /** Why a list of changes was given and does not count; for the report. */
  readonly ignored?: string;
}

/**
 * Decides which regions of a volume are read, and which are taken over from the parent because a change tracker saw no write. Pure.
 *
 * A list without a parent of the same size, or one with a range outside of the volume, does not count: everything is read.
 */
export function planRegions(input: RegionPlanInput): RegionPlan {
  const { sizeBytes, regionBytes, changedRanges, parentBytes, generation } = input;
  const merged = changedRanges === undefined ? undefined : mergeRanges(changedRanges, sizeBytes);
  const ignored = changedRanges === undefined ? undefined : reasonToIgnore(merged, sizeBytes, parentBytes);
  const changed = ignored === undefined ? merged : undefined;
  const touched = changed && touchedPieces(changed, regionBytes);
  const regions = Array.from({ length: Math.ceil(sizeBytes / regionBytes) }, (_, index): PlannedRegion => {
    const offset = index * regionBytes;
    const place = { index, offset, bytes: Math.min(regionBytes, sizeBytes - offset) };
    if (touched === undefined) return { ...place, action: 'read', reason: 'untracked' };
    if (touched.has(index)) return { ...place, action: 'read', reason: 'changed' };
    if ((index + generation) % rotation === 0) return { ...place, action: 'read', reason: 'rotation' };
    return { ...place, action: 'reuse', reason: 'unchanged' };
  });
  return { regions, ...(changed !== undefined && { changed }), ...(ignored !== undefined && { ignored }) };
}

/**
 * Reads a list of changes of any length and answers with the pieces of a grid that they touch: memory does not grow with the list.
 *
 * A range outside of the volume is answered as it came, for `planRegions` to refuse.
 */
export async function collectChangedRanges(ranges: AsyncIterable<ByteRange> | Iterable<ByteRange>, sizeBytes: number, pieceBytes: number): Promise<ByteRange[]> {
  const touched = new Set<number>();
  for await (const range of ranges) {
    const inside = mergeRanges([range], sizeBytes);
    if (inside === undefined) return [range];
    for (const index of touchedPieces(inside, pieceBytes)) touched.add(index);
  }
  return Array.from(touched, (index) => ({ offset: index * pieceBytes, bytes: Math.min(pieceBytes, sizeBytes - index * pieceBytes) }));
}

function reasonToIgnore(merged: readonly ByteRange[] | undefined, sizeBytes: number, parentBytes: number | undefined): string | undefined {
  if (parentBytes === undefined) return 'there is no parent that the changes could be counted from';
  if (parentBytes !== sizeBytes) return `the parent has ${parentBytes} bytes and the volume ${sizeBytes}`;
  return merged === undefined ? 'a range lies outside of the volume' : undefined;
}

function touchedPieces(ranges: readonly ByteRange[], pieceBytes: number): Set<number> {
  const touched = new Set<number>();
  for (const { offset, bytes } of ranges)
    for (let index = Math.floor(offset / pieceBytes); index * pieceBytes < offset + bytes; index++) touched.add(index);
  return touched;
}
