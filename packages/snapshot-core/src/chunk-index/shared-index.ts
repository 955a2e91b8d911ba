import { SnapshotError } from '../errors/snapshot-error.ts';
import { copySlots, countLiveSlots, firstTag, insertSlot, lastWord, maxPackCount, maxPackObjects, middleWord, secondTag, slotBytes, visitSlots, type VisitCandidate } from './index-slots.ts';

/** What a thread needs to read an index; structured-cloneable, and the memory stays shared. */
export interface SharedIndexHandle {
  readonly segments: readonly SharedArrayBuffer[];
}

/** Packs that entries point into. */
export interface IndexedPacks {
  /** Whether some that entries point into are gone. */
  readonly hasRemoved: boolean;
  isPresent(packOrdinal: number): boolean;
}

/** Segments grow one at a time, so that old and new exist together for one part in 64 only. */
const segmentCount = 64;
const smallestSegmentSlots = 16;
const highestLoad = 0.75;
/** What a segment grows by: an entry is copied three times over its life, in order of position, which is cheap. */
const growthFactor = 1.3;

/** Looks ids up; any thread may. An old view misses what was added to segments that have grown since, and is never wrong. */
export class SharedIndexView {
  protected readonly segments: Int32Array[];

  protected constructor(segments: Int32Array[]) {
    this.segments = segments;
  }

  /** Opens the index of another thread for reading. */
  static attach(handle: SharedIndexHandle): SharedIndexView {
    return new SharedIndexView(handle.segments.map((segment) => new Int32Array(segment)));
  }

  /** Takes over the segments that have grown since this view was opened. */
  follow(handle: SharedIndexHandle): void {
    for (const [ordinal, segment] of handle.segments.entries()) if (this.segments[ordinal]?.buffer !== segment) this.segments[ordinal] = new Int32Array(segment);
  }

  /**
   * Calls `visit` with the location of each entry that may be of this id, until it returns true. 52 bits agree, so nearly every
   * candidate is a hit, but only the pack's directory can say so. Allocates nothing.
   *
   * @param id 32 bytes
   * @returns whether `visit` returned true
   */
  visit(id: Uint8Array, visit: VisitCandidate): boolean {
    const segment = this.segments[segmentOf(id)];
    return segment !== undefined && visitSlots(segment, id, visit);
  }
}

/**
 * Where objects lie: an open-addressing table from a part of the id to the ordinals of pack and object, in shared memory.
 *
 * One thread writes, others read what it wrote through `handle`. An object stored several times has several entries. Entries of packs
 * that are gone stay until their segment grows.
 */
export class SharedIndex extends SharedIndexView {
  readonly #packs: IndexedPacks;
  readonly #used = new Uint32Array(segmentCount);
  #generation = 0;

  /** @param packs entries of those that are gone are dropped when a segment grows */
  constructor(packs: IndexedPacks) {
    super(Array.from({ length: segmentCount }, () => new Int32Array(new SharedArrayBuffer(0))));
    this.#packs = packs;
  }

  /** Rises when a segment grew: handles given out before miss what is added to it from now on. */
  get generation(): number {
    return this.#generation;
  }

  /** Entries, those of packs that are gone included until their segment grows. */
  get entryCount(): number {
    return this.#used.reduce((sum, used) => sum + used, 0);
  }

  /** Bytes of shared memory in use. */
  get sizeBytes(): number {
    return this.segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** For other threads; keep an eye on `generation`. */
  handle(): SharedIndexHandle {
    return { segments: this.segments.map(({ buffer }) => buffer as SharedArrayBuffer) };
  }

  /**
   * Adds an entry; adding the same twice makes two.
   *
   * @param id 32 bytes; not kept
   * @throws {SnapshotError} `format/unsupported` when an ordinal is too large for an entry
   */
  insert(id: Uint8Array, packOrdinal: number, objectOrdinal: number): void {
    if (packOrdinal >= maxPackCount || objectOrdinal >= maxPackObjects)
      throw new SnapshotError('format/unsupported', `an index names ${maxPackCount} packs of ${maxPackObjects} objects at most, not object ${objectOrdinal} of pack ${packOrdinal}`);
    const ordinal = segmentOf(id);
    let segment = this.segments[ordinal] ?? new Int32Array();
    if ((this.#used[ordinal] ?? 0) + 1 > (segment.length * 4 * highestLoad) / slotBytes) segment = this.#grow(ordinal, segment);
    insertSlot(segment, firstTag(id), middleWord(secondTag(id), packOrdinal), lastWord(packOrdinal, objectOrdinal));
    this.#used[ordinal] = (this.#used[ordinal] ?? 0) + 1;
  }

  #grow(ordinal: number, old: Int32Array): Int32Array {
    const isLive = this.#packs.hasRemoved ? (packOrdinal: number) => this.#packs.isPresent(packOrdinal) : undefined;
    const live = isLive ? countLiveSlots(old, isLive) : (this.#used[ordinal] ?? 0);
    const grown = new Int32Array(new SharedArrayBuffer(slotBytes * slotsFor(ordinal, live + 1)));
    copySlots(old, grown, isLive);
    this.segments[ordinal] = grown;
    this.#used[ordinal] = live;
    this.#generation++;
    return grown;
  }
}

/**
 * Slots of a segment with that many entries. Each segment grows at another moment, so that an index has 18.3 bytes an entry at every
 * size: between 16 and 20.8 in each segment.
 */
function slotsFor(segmentOrdinal: number, entries: number): number {
  const needed = entries / highestLoad;
  const phase = segmentOrdinal / segmentCount;
  const step = Math.max(0, Math.ceil(Math.log(needed / smallestSegmentSlots) / Math.log(growthFactor) - phase));
  return Math.ceil(smallestSegmentSlots * growthFactor ** (step + phase));
}

/** By bits of the id that the tag does not have: six more that must agree. */
function segmentOf(id: Uint8Array): number {
  return (id[7] ?? 0) & (segmentCount - 1);
}
