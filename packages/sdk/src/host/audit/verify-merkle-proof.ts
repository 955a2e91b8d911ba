import { emptyRoot, nodeHash } from './merkle-tree.ts';

/**
 * Whether a leaf is number `index` of the tree with this size and root.
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
 */
export function verifyInclusion(claim: { readonly leaf: string; readonly index: number; readonly size: number; readonly root: string; readonly proof: readonly string[] }): boolean {
  if (!(Number.isSafeInteger(claim.index) && claim.index >= 0 && claim.index < claim.size)) return false;
  let position = claim.index;
  let last = claim.size - 1;
  let hash = claim.leaf;
  for (const sibling of claim.proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash === claim.root;
}

/**
 * Whether the tree of `secondSize` leaves begins with the tree of `firstSize` leaves.
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
 */
export function verifyConsistency(claim: { readonly firstSize: number; readonly firstRoot: string; readonly secondSize: number; readonly secondRoot: string; readonly proof: readonly string[] }): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot } = claim;
  if (firstSize > secondSize || firstSize < 0) return false;
  if (firstSize === 0) return claim.proof.length === 0 && firstRoot === emptyRoot;
  if (firstSize === secondSize) return claim.proof.length === 0 && firstRoot === secondRoot;
  const isPowerOfTwo = Number.isInteger(Math.log2(firstSize));
  const [start, ...path] = isPowerOfTwo ? [firstRoot, ...claim.proof] : claim.proof;
  if (start === undefined || claim.proof.length === 0) return false;
  let position = firstSize - 1;
  let last = secondSize - 1;
  while (position % 2 === 1) [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  let first = start;
  let second = start;
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      second = nodeHash(second, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && first === firstRoot && second === secondRoot;
}
