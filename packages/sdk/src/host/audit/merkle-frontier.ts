import { emptyRoot, nodeHash } from './merkle-tree.ts';

/** Roots of the full subtrees at the right edge of a growing tree, largest first: enough to append without the older leaves. */
export type MerkleFrontier = readonly { readonly leaves: number; readonly hash: string }[];

export function appendLeaf(frontier: MerkleFrontier, leaf: string): MerkleFrontier {
  const grown = [...frontier];
  let added = { leaves: 1, hash: leaf };
  for (let last = grown.at(-1); last?.leaves === added.leaves; last = grown.at(-1)) {
    grown.pop();
    added = { leaves: added.leaves * 2, hash: nodeHash(last.hash, added.hash) };
  }
  return [...grown, added];
}

/** The root that `merkleRoot` computes from all leaves. */
export function frontierRoot(frontier: MerkleFrontier): string {
  const [smallest, ...larger] = frontier.toReversed();
  return smallest ? larger.reduce((hash, subtree) => nodeHash(subtree.hash, hash), smallest.hash) : emptyRoot;
}
