import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendLeaf, frontierRoot, type MerkleFrontier } from './merkle-frontier.ts';
import { consistencyProof, emptyRoot, inclusionProof, leafHash, merkleRoot, nodeHash } from './merkle-tree.ts';
import { verifyConsistency, verifyInclusion } from './verify-merkle-proof.ts';

/** Section 2.1.1 word by word, without sharing any code with the implementation. */
function naiveRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return emptyRoot;
  if (leaves.length === 1) return leaves[0] ?? '';
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half)));
}
const leavesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => leafHash(`leaf ${index}`));
const other = leafHash('another leaf');
const size = fc.integer({ min: 1, max: 70 });

describe('known vectors of Certificate Transparency', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => leafHash(Buffer.from(hex, 'hex')));
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('root of %i leaves', (count, root) => {
    expect(merkleRoot(inputs.slice(0, count))).toBe(root);
  });

  test('inclusion and consistency proofs', () => {
    expect(inclusionProof(inputs, 0)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyProof(inputs, 6)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });
});

test('roots, also grown leaf by leaf, are those of the naive tree', () => {
  let frontier: MerkleFrontier = [];
  for (let count = 0; count <= 70; count += 1) {
    const leaves = leavesOf(count);
    expect(merkleRoot(leaves)).toBe(naiveRoot(leaves));
    expect(frontierRoot(frontier)).toBe(naiveRoot(leaves));
    frontier = appendLeaf(frontier, leafHash(`leaf ${count}`));
  }
});

test('every leaf has an inclusion proof, and nothing else does', () => {
  fc.assert(fc.property(size, fc.nat(), fc.nat(), (count, seed, flip) => {
    const leaves = leavesOf(count);
    const index = seed % count;
    const claim = { leaf: leaves[index] ?? '', index, size: count, root: naiveRoot(leaves), proof: inclusionProof(leaves, index) };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, leaf: other })).toBe(false);
    expect(verifyInclusion({ ...claim, root: other })).toBe(false);
    expect(verifyInclusion({ ...claim, index: count })).toBe(false);
    expect(verifyInclusion({ ...claim, proof: [...claim.proof, other] })).toBe(false);
    const alone = count === 1;
    expect(alone || !verifyInclusion({ ...claim, index: (index + 1) % count })).toBe(true);
    expect(alone || !verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(true);
    expect(alone || !verifyInclusion({ ...claim, proof: claim.proof.with(flip % claim.proof.length, other) })).toBe(true);
  }));
});

test('every beginning has a consistency proof, and no altered one does', () => {
  fc.assert(fc.property(size, fc.nat(), fc.nat(), (count, seed, flip) => {
    const leaves = leavesOf(count);
    const firstSize = 1 + (seed % count);
    const claim = { firstSize, firstRoot: naiveRoot(leaves.slice(0, firstSize)), secondSize: count, secondRoot: naiveRoot(leaves), proof: consistencyProof(leaves, firstSize) };
    expect(verifyConsistency(claim)).toBe(true);
    expect(verifyConsistency({ ...claim, firstRoot: other })).toBe(false);
    expect(verifyConsistency({ ...claim, secondRoot: other })).toBe(false);
    expect(verifyConsistency({ ...claim, proof: [...claim.proof, other] })).toBe(false);
    const altered = naiveRoot(leaves.with(flip % firstSize, other));
    expect(verifyConsistency({ ...claim, firstRoot: altered })).toBe(false);
    const whole = claim.proof.length === 0;
    expect(whole || !verifyConsistency({ ...claim, proof: claim.proof.slice(1) })).toBe(true);
    expect(whole || !verifyConsistency({ ...claim, proof: claim.proof.with(flip % claim.proof.length, other) })).toBe(true);
  }));
});

test('the empty tree begins every tree, and a longer one begins none', () => {
  const root = naiveRoot(leavesOf(3));
  expect(verifyConsistency({ firstSize: 0, firstRoot: emptyRoot, secondSize: 3, secondRoot: root, proof: [] })).toBe(true);
  expect(verifyConsistency({ firstSize: 0, firstRoot: other, secondSize: 3, secondRoot: root, proof: [] })).toBe(false);
  expect(verifyConsistency({ firstSize: 4, firstRoot: root, secondSize: 3, secondRoot: root, proof: [] })).toBe(false);
});
