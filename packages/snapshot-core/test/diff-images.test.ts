import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryStorage, createRepository, diffImages, takeSnapshot } from '../src/index.ts';
import { collect } from './collect.ts';
import { seededBytes } from './support/tree-operations.ts';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}

/** Changes that somebody made to an image: overwritten, inserted, deleted, and cut off at the end. */
const edits = fc.array(fc.record({ kind: fc.constantFrom('overwrite', 'insert', 'delete'), at: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.integer({ min: 1, max: 5_000 }), seed: fc.nat(1_000) }), { maxLength: 4 });

test('everything outside of the ranges is the same, ranges are in order and apart, and none is far from a change', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const take = async (bytes: Uint8Array) => (await takeSnapshot(repository, { kind: 'stream', stream: once(bytes), description: 'image' })).record.id;
  const first = Buffer.from(seededBytes(1, 400_000));
  const firstId = await take(first);
  await fc.assert(fc.asyncProperty(edits, fc.integer({ min: 1_000, max: 400_000 }), async (changes, keptBytes) => {
    let second = Buffer.from(first.subarray(0, keptBytes));
    for (const { kind, at, bytes, seed } of changes) {
      const offset = Math.floor(at * second.length);
      second = Buffer.concat([second.subarray(0, offset), seededBytes(seed, kind === 'delete' ? 0 : bytes), second.subarray(kind === 'insert' ? offset : offset + bytes)]);
    }
    const ranges = await collect(diffImages(repository, firstId, await take(second)));
    let end = -1;
    const same = Buffer.from(second);
    for (const { offset, bytes } of ranges) {
      expect(offset).toBeGreaterThan(end);
      expect(bytes).toBeGreaterThan(0);
      end = offset + bytes;
      first.copy(same, offset, offset, end);
    }
    expect(end).toBeLessThanOrEqual(second.length);
    const common = Math.min(first.length, second.length);
    expect(same.subarray(0, common).equals(first.subarray(0, common))).toBe(true);
    expect(second.length <= first.length || end === second.length, 'what is behind the end of the earlier one is new').toBe(true);
    // A chunk has 64 KiB at most, and cuts meet again soon after a change.
    const most = changes.every(({ kind }) => kind === 'overwrite') ? (changes.length + 1) * 4 * 65_536 : second.length;
    expect(ranges.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(most);
  }), { numRuns: 40 });
});

test('nothing changed in the same image, and a tree is none', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'stream', stream: once(seededBytes(1, 100_000)), description: 'image' });
  expect(await collect(diffImages(repository, record.id, record.id))).toEqual([]);
  const tree = await takeSnapshot(repository, { kind: 'directory', path: import.meta.dirname });
  await expect(collect(diffImages(repository, record.id, tree.record.id))).rejects.toMatchObject({ code: 'snapshot/wrong-kind' });
});
