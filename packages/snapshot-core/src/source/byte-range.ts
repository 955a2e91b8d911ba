/** Bytes of a file or volume, from `offset` on. */
export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Sorts ranges and joins those that touch or overlap; empty ones are dropped. Pure.
 *
 * `undefined` when one of them is not made of whole numbers or does not lie inside `[0, sizeBytes)`: whoever gave it does not
 * know what it talks about, so the others prove nothing either.
 */
export function mergeRanges(ranges: Iterable<ByteRange>, sizeBytes: number): ByteRange[] | undefined {
  const sorted = [...ranges];
  if (!sorted.every((range) => isInside(range, sizeBytes))) return undefined;
  sorted.sort((left, right) => left.offset - right.offset);
  const merged: ByteRange[] = [];
  for (const { offset, bytes } of sorted) {
    const last = merged.at(-1);
    if (bytes === 0) continue;
    if (last === undefined || offset > last.offset + last.bytes) merged.push({ offset, bytes });
    else merged[merged.length - 1] = { offset: last.offset, bytes: Math.max(last.bytes, offset + bytes - last.offset) };
  }
  return merged;
}

/** Adds a range behind the others, joined to the last where they touch. */
export function appendRange(ranges: ByteRange[], { offset, bytes }: ByteRange): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.offset + last.bytes === offset) ranges[ranges.length - 1] = { offset: last.offset, bytes: last.bytes + bytes };
  else ranges.push({ offset, bytes });
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

/** What sorted, joined ranges leave out of `within`, sorted. Pure. */
export function gapsWithin(ranges: readonly ByteRange[], within: ByteRange): ByteRange[] {
  const gaps: ByteRange[] = [];
  let offset = within.offset;
  const end = within.offset + within.bytes;
  for (const range of [...rangesWithin(ranges, within), { offset: end, bytes: 0 }]) {
    if (range.offset > offset) gaps.push({ offset, bytes: range.offset - offset });
    offset = range.offset + range.bytes;
  }
  return gaps;
}

function isInside({ offset, bytes }: ByteRange, sizeBytes: number): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(bytes) && offset >= 0 && bytes >= 0 && offset + bytes <= sizeBytes;
}
