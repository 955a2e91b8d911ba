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

function isInside({ offset, bytes }: ByteRange, sizeBytes: number): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(bytes) && offset >= 0 && bytes >= 0 && offset + bytes <= sizeBytes;
}
