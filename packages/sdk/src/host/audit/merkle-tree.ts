import { createHash } from 'node:crypto';

/*
 * The Merkle tree of RFC 9162, section 2.1, over SHA-256. Hashes are 64 hexadecimal digits.
 * The lists of leaf hashes given to these functions are not kept and not changed.
 */

/** Root of the tree without leaves. */
export const emptyRoot = createHash('sha256').digest('hex');

/** Hash of one entry, apart from every inner node by its prefix. */
export function leafHash(data: Uint8Array | string): string {
  return createHash('sha256').update(Uint8Array.of(0)).update(data).digest('hex');
}

/** Hash of two neighbours, left one first. */
export function nodeHash(left: string, right: string): string {
  return createHash('sha256').update(Uint8Array.of(1)).update(left, 'hex').update(right, 'hex').digest('hex');
}

/** Root over leaf hashes, oldest first. */
export function merkleRoot(leaves: readonly string[]): string {
  return leaves.length === 0 ? emptyRoot : rootOf(leaves, 0, leaves.length);
}

/** Sibling hashes from the leaf up to the root. `index` must be below the number of leaves. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.1 */
export function inclusionProof(leaves: readonly string[], index: number): readonly string[] {
  const climb = (from: number, to: number): readonly string[] => {
    if (to - from <= 1) return [];
    const middle = from + splitPoint(to - from);
    return index < middle ? [...climb(from, middle), rootOf(leaves, middle, to)] : [...climb(middle, to), rootOf(leaves, from, middle)];
  };
  return climb(0, leaves.length);
}

/** Hashes that show that the first `firstSize` leaves have not changed. Empty for 0 and for all leaves. @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.1 */
export function consistencyProof(leaves: readonly string[], firstSize: number): readonly string[] {
  const climb = (from: number, to: number, wholeSubtree: boolean): readonly string[] => {
    if (to === firstSize) return wholeSubtree ? [] : [rootOf(leaves, from, to)];
    const middle = from + splitPoint(to - from);
    return firstSize <= middle ? [...climb(from, middle, wholeSubtree), rootOf(leaves, middle, to)] : [...climb(middle, to, false), rootOf(leaves, from, middle)];
  };
  return firstSize === 0 || firstSize >= leaves.length ? [] : climb(0, leaves.length, true);
}

/** Root of `[from, to)`, at least one leaf. */
function rootOf(leaves: readonly string[], from: number, to: number): string {
  if (to - from === 1) return leaves[from] ?? emptyRoot;
  const middle = from + splitPoint(to - from);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

/** The largest power of two below `size`, for sizes of 2 or more. */
function splitPoint(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
