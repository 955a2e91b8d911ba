import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { GrowingFile, removeGrowingFiles } from './growing-file.ts';

const begin = (root: string, temporaryPrefix = 'run-1-') => new GrowingFile({ root, kind: 'pack', temporaryPrefix });
const leftIn = (root: string) => (existsSync(join(root, 'tmp')) ? readdirSync(join(root, 'tmp')) : []);
const piece = (seed: number, lengthBytes: number) => Uint8Array.from({ length: lengthBytes }, (_, at) => (seed * 31 + at * 7) & 0xff);

describe('a growing file', () => {
  test('has what was appended, in order, whatever the pieces; every piece can be read while it grows and after it is stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.nat(300), fc.constantFrom(32_767, 32_768, 262_143, 262_144, 262_145, 400_000)), { maxLength: 12 }), async (lengths) => {
        const root = scratchDirectory();
        const file = begin(root);
        const pieces = lengths.map((lengthBytes, index) => ({ offset: lengths.slice(0, index).reduce((sum, length) => sum + length, 0), bytes: piece(index, lengthBytes) }));
        for (const { offset, bytes } of pieces) {
          expect(file.lengthBytes).toBe(offset);
          const lent = new Uint8Array(bytes);
          file.append(lent);
          lent.fill(0xee);
          expect(Buffer.compare(file.read(offset, bytes.length), bytes)).toBe(0);
        }
        for (const { offset, bytes } of pieces) expect(Buffer.compare(file.read(offset, bytes.length), bytes)).toBe(0);
        await file.store('whole');
        for (const { offset, bytes } of pieces) expect(Buffer.compare(file.read(offset, bytes.length), bytes)).toBe(0);
        file.release();
        file.release();
        expect(readFileSync(join(root, 'packs', 'whole')).equals(Buffer.concat(pieces.map(({ bytes }) => bytes)))).toBe(true);
        expect(leftIn(root)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('leaves nothing when it is given up', () => {
    const root = scratchDirectory();
    const file = begin(root);
    file.append(piece(1, 100_000));
    expect(leftIn(root)).toHaveLength(1);
    file.release();
    expect(leftIn(root)).toEqual([]);
    expect(() => file.append(piece(1, 40_000))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  });

  test('never replaces a file that is there', async () => {
    const root = scratchDirectory();
    const first = begin(root);
    first.append(piece(1, 10));
    await first.store('taken');
    const second = begin(root);
    second.append(piece(2, 10));
    await expect(second.store('taken')).rejects.toMatchObject({ code: 'storage/exists' });
    second.release();
    expect(readFileSync(join(root, 'packs', 'taken')).equals(Buffer.from(piece(1, 10)))).toBe(true);
    expect(leftIn(root)).toEqual([]);
  });

  test('says in our words why it cannot be written', () => {
    const root = scratchDirectory();
    writeFileSync(join(root, 'tmp'), 'a file where the folder should be');
    expect(() => begin(root).append(piece(1, 40_000))).toThrow(expect.objectContaining({ code: 'storage/failed' }));
  });

  test('what a run has left is told by its prefix, and removed without touching others', () => {
    const root = scratchDirectory();
    for (const prefix of ['run-1-', 'run-1-', 'run-2-']) begin(root, prefix).append(piece(1, 40_000));
    removeGrowingFiles(root, 'run-1-');
    expect(leftIn(root).map((name) => name.slice(0, 6))).toEqual(['run-2-']);
    removeGrowingFiles(join(root, 'nowhere'), 'run-1-');
  });
});
