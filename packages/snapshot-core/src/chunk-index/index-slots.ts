/**
 * The bytes of one hash table: slots of three 32-bit words, open addressing with linear probing.
 *
 * | word | bits |
 * | --- | --- |
 * | 0 | first 32 bits of the id, 1 in place of 0; 0 says that the slot is empty |
 * | 1 | 20 more bits of the id, upper 12 bits of the pack's ordinal |
 * | 2 | lower 12 bits of the pack's ordinal, 20 bits of the object's ordinal in it |
 *
 * A slot is written once and never changed, its first word last. Nothing here is atomic, which would cost fifteen times as much: a
 * thread that sees a slot half-written gets a location whose object has another identity, so it misses, as it would have a moment before.
 */

/** Bytes of one slot. */
export const slotBytes = 12;
/** Packs a location can name. */
export const maxPackCount = 2 ** 24;
/** Objects of one pack a location can name. */
export const maxPackObjects = 2 ** 20;

const wordsPerSlot = 3;
const twoTo32 = 2 ** 32;

/** Called with each candidate until it returns true. */
export type VisitCandidate = (packOrdinal: number, objectOrdinal: number, id: Uint8Array) => boolean;

/** First tag word of an id. */
export function firstTag(id: Uint8Array): number {
  return (id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24) || 1;
}

/** The other 20 tag bits of an id. */
export function secondTag(id: Uint8Array): number {
  return (id[4] ?? 0) | ((id[5] ?? 0) << 8) | (((id[6] ?? 0) & 15) << 16);
}

/** Visits the slots whose tag is that of the id. @returns true as soon as `visit` does */
export function visitSlots(words: Int32Array, id: Uint8Array, visit: VisitCandidate): boolean {
  const slots = words.length / wordsPerSlot;
  if (slots === 0) return false;
  const tag = firstTag(id);
  const more = secondTag(id);
  // The position grows with the tag: a table that is copied in order is written in order.
  let at = wordsPerSlot * homeSlot(tag, slots);
  for (;;) {
    const word = words[at] ?? 0;
    if (word === 0) return false;
    if (word === tag) {
      const middle = words[at + 1] ?? 0;
      if (middle >>> 12 === more) {
        const last = words[at + 2] ?? 0;
        if (visit(((middle & 0xfff) << 12) | (last >>> 20), last & 0xfffff, id)) return true;
      }
    }
    at += wordsPerSlot;
    if (at === words.length) at = 0;
  }
}

/** Writes a slot; the table must have an empty one besides. The only writer may call it while others read. */
export function insertSlot(words: Int32Array, tag: number, middle: number, last: number): void {
  let at = wordsPerSlot * homeSlot(tag, words.length / wordsPerSlot);
  while (words[at] !== 0) {
    at += wordsPerSlot;
    if (at === words.length) at = 0;
  }
  words[at + 1] = middle;
  words[at + 2] = last;
  words[at] = tag;
}

/** Second word of a slot. */
export function middleWord(more: number, packOrdinal: number): number {
  return (more << 12) | (packOrdinal >>> 12);
}

/** Third word of a slot. */
export function lastWord(packOrdinal: number, objectOrdinal: number): number {
  return ((packOrdinal & 0xfff) << 20) | objectOrdinal;
}

/** Counts the slots in use whose pack is still there. */
export function countLiveSlots(words: Int32Array, isLive: (packOrdinal: number) => boolean): number {
  let live = 0;
  for (let at = 0; at < words.length; at += wordsPerSlot) if (words[at] !== 0 && isLive(packOrdinalAt(words, at))) live++;
  return live;
}

/** Copies slots into an empty table that nobody reads yet: all of them, or those whose pack is still there. */
export function copySlots(from: Int32Array, to: Int32Array, isLive?: (packOrdinal: number) => boolean): void {
  for (let at = 0; at < from.length; at += wordsPerSlot) {
    const tag = from[at] ?? 0;
    if (tag !== 0 && (isLive === undefined || isLive(packOrdinalAt(from, at)))) insertSlot(to, tag, from[at + 1] ?? 0, from[at + 2] ?? 0);
  }
}

function packOrdinalAt(words: Int32Array, at: number): number {
  return (((words[at + 1] ?? 0) & 0xfff) << 12) | ((words[at + 2] ?? 0) >>> 20);
}

/** Multiplies instead of dividing (fastrange), so that the number of slots needs to be no power of two. */
function homeSlot(tag: number, slots: number): number {
  return Math.floor(((tag >>> 0) / twoTo32) * slots);
}
