import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { imagePieces } from './image-pieces.ts';
import { planImageEdits } from './plan-image-edits.ts';
import { planTree } from './plan-tree.ts';
import { planTreeEdits } from './plan-tree-edits.ts';
import { overwriteImage, writeEditedImage, writeImage } from './write-images.ts';
import { editTree, revertTree, writeTree } from './write-tree.ts';

const mebibyte = 2 ** 20;

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

function collectImage(seed: number, bytes: number): Buffer {
  return Buffer.concat(Array.from(imagePieces(seed, bytes), (piece) => Buffer.from(piece)));
}

function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(root, path)).isFile()).toSorted();
}

function digestTree(root: string): string {
  const hash = createHash('sha256');
  for (const path of listFiles(root)) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 32);
}

describe('the image of the bench', () => {
  it('is the same everywhere', () => {
    expect(digest(collectImage(1, 8 * mebibyte))).toBe('2f36d55e93b43dcf52a3628c31ded13f');
  });

  it('begins alike at every length and differs by seed', () => {
    const long = collectImage(1, 4 * mebibyte);
    expect(collectImage(1, mebibyte).equals(long.subarray(0, mebibyte))).toBe(true);
    expect(collectImage(2, mebibyte).equals(long.subarray(0, mebibyte))).toBe(false);
  });

  it('compresses like a disk in use: to about two fifths', () => {
    const image = collectImage(7, 64 * mebibyte);
    const share = zstdCompressSync(image, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }).length / image.length;
    expect(share).toBeGreaterThan(0.36);
    expect(share).toBeLessThan(0.46);
  });

  it('has a second version that differs where the plan says, and nowhere else', () => {
    const folder = scratchDirectory();
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const edits = planImageEdits(1, 32 * mebibyte);
    writeImage(first, 1, 32 * mebibyte);
    writeEditedImage(first, second, 1, edits);
    const [before, after] = [readFileSync(first), readFileSync(second)];
    expect(digest(after)).toBe('4fe1b889d7328add6ff222aac45cb9dd');
    expect(after.length).toBe(before.length + edits.insertion.bytes + edits.appendedBytes);
    const cut = edits.insertion.offset;
    const shifted = Buffer.concat([after.subarray(0, cut), after.subarray(cut + edits.insertion.bytes, before.length + edits.insertion.bytes)]);
    const overwritten = edits.overwrites.reduce((sum, { bytes }) => sum + bytes / 4096, 0);
    expect(countDiffering(before, shifted)).toBeGreaterThan(0);
    expect(countDiffering(before, shifted)).toBeLessThanOrEqual(overwritten);
    expect((overwritten * 4096) / before.length).toBeCloseTo(0.01, 2);
  });

  it('is overwritten in place at the planned stretches alone', () => {
    const path = join(scratchDirectory(), 'image');
    const edits = planImageEdits(1, 32 * mebibyte);
    writeImage(path, 1, 32 * mebibyte);
    const before = readFileSync(path);
    overwriteImage(path, 1, edits.overwrites);
    const after = readFileSync(path);
    expect(after.length).toBe(before.length);
    for (const { offset, bytes } of edits.overwrites) before.copy(after, offset, offset, offset + bytes);
    expect(countDiffering(before, readFileSync(path))).toBeGreaterThan(0);
    expect(after.equals(before)).toBe(true);
  });
});

describe('the tree of the bench', () => {
  it('is the same everywhere, and so is its second version, which can be taken back', () => {
    const first = '6f0ec236111f4fc2f1e96c92d5fea7dc';
    const root = join(scratchDirectory(), 'tree');
    const files = planTree(1, 400);
    writeTree(root, 1, files);
    expect(listFiles(root).length).toBe(400);
    expect(digestTree(root)).toBe(first);
    const edits = planTreeEdits(1, files);
    editTree(root, 1, edits);
    expect(digestTree(root)).toBe('d0d403f2a483539b8e7b6313585f6b28');
    expect(listFiles(root).length).toBe(400 + edits.added.length - edits.removed.length);
    revertTree(root, 1, edits);
    expect(digestTree(root)).toBe(first);
  });

  it('has 100,000 files of at most 256 KiB and 1 GiB together', () => {
    const files = planTree(1, 100_000);
    expect(new Set(files.map(({ path }) => path)).size).toBe(100_000);
    expect(Math.max(...files.map(({ bytes }) => bytes))).toBeLessThanOrEqual(256 * 1024);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 30).toBeCloseTo(1, 1);
  });

  it('changes 2 %, adds 0.6 %, removes 0.4 % and renames 0.5 %, each file once', () => {
    const edits = planTreeEdits(1, planTree(1, 10_000));
    expect([edits.changed.length, edits.added.length, edits.removed.length, edits.renamed.length]).toEqual([200, 60, 40, 50]);
    const touched = [...edits.changed.map(({ file }) => file), ...edits.removed, ...edits.renamed.map(({ file }) => file)];
    expect(new Set(touched).size).toBe(290);
  });
});

function countDiffering(left: Uint8Array, right: Uint8Array): number {
  let differing = 0;
  for (let at = 0; at < left.length; at += 4096) {
    if (Buffer.compare(left.subarray(at, at + 4096), right.subarray(at, at + 4096)) !== 0) differing += 1;
  }
  return differing;
}
