import { appendFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyDelta, createDelta, createMemoryStorage, createRepository, takeSnapshot, type DeltaEnd } from '../../src/index.ts';
import { createMemoryOutput, createMemoryVolume } from '../support/memory-volume.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

const file = (path: string): DeltaEnd => ({ kind: 'file', path });
const inMemory = (bytes: Uint8Array): DeltaEnd => ({ kind: 'volume', volume: createMemoryVolume(bytes) });

/** Two versions of 80 MB, so that there are three regions, with a shift in the second. */
function writeVersions(folder: string): { before: string; after: string } {
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  const bytes = seededBytes(1, 80_000_000);
  writeFileSync(before, bytes);
  const changed = Buffer.from(bytes);
  for (let at = 1_000_000; at < changed.length; at += 5_000_000) changed.set(seededBytes(at, 8_192), at);
  writeFileSync(after, Buffer.concat([changed.subarray(0, 40_000_000), seededBytes(2, 100_000), changed.subarray(40_000_000), Buffer.alloc(1_000_000)]));
  return { before, after };
}

describe('files', () => {
  test('the delta does not depend on threads, and neither does what it makes; zeros become holes', async () => {
    const folder = scratchDirectory();
    const { before, after } = writeVersions(folder);
    const inline = join(folder, 'inline');
    const report = await createDelta(file(before), file(after), inline, { workers: 0 });
    expect(report.newBytes).toBeLessThan(16 * 8_192 + 110_000);
    const progress: number[] = [];
    for (const workers of [1, 3]) {
      const path = join(folder, `by-${workers}`);
      expect(await createDelta(file(before), file(after), path, { workers, onProgress: ({ bytesDone }) => void progress.push(bytesDone) })).toEqual(report);
      expect(readFileSync(path).equals(readFileSync(inline))).toBe(true);
    }
    expect(progress).toEqual([1, 3].flatMap(() => [1, 2, 3, 4].map((count) => count * 16_777_216).concat(81_100_000)));
    for (const workers of [0, 3]) {
      const made = join(folder, `made-${workers}`);
      await applyDelta(inline, file(before), made, { workers });
      expect(readFileSync(made).equals(readFileSync(after))).toBe(true);
      expect(statSync(made).blocks * 512).toBeLessThan(80_300_000);
    }
  });

  test('a name that is taken is left alone', async () => {
    const folder = scratchDirectory();
    const taken = join(folder, 'taken');
    writeFileSync(taken, 'kept');
    const delta = join(folder, 'delta');
    await createDelta(inMemory(Buffer.from('a')), inMemory(Buffer.from('b')), delta);
    await expect(createDelta(inMemory(Buffer.from('a')), inMemory(Buffer.from('b')), taken)).rejects.toMatchObject({ code: 'target/unusable' });
    await expect(applyDelta(delta, inMemory(Buffer.from('a')), taken)).rejects.toMatchObject({ code: 'target/unusable' });
    await expect(applyDelta(delta, inMemory(Buffer.from('a')), join(folder, 'no', 'folder'))).rejects.toMatchObject({ code: 'target/unusable' });
    expect(readFileSync(taken, 'utf8')).toBe('kept');
    expect(readdirSync(folder)).toEqual(['delta', 'taken']);
  });

  test('a file that is written to while it is read makes no delta', async () => {
    const folder = scratchDirectory();
    for (const changing of ['before', 'after']) {
      writeFileSync(join(folder, 'before'), seededBytes(1, 500_000));
      writeFileSync(join(folder, 'after'), seededBytes(2, 500_000));
      const made = createDelta(file(join(folder, 'before')), file(join(folder, 'after')), join(folder, 'delta'), { onProgress: () => appendFileSync(join(folder, changing), 'x') });
      await expect(made).rejects.toMatchObject({ code: 'source/unreadable', message: expect.stringContaining(changing) });
      expect(readdirSync(folder)).toEqual(['after', 'before']);
    }
  });

  test('aborting ends it with the reason and leaves nothing', async () => {
    const folder = scratchDirectory();
    const { before, after } = writeVersions(folder);
    const delta = join(folder, 'delta');
    await createDelta(file(before), file(after), delta);
    for (const workers of [0, 2]) {
      const reason = new Error('enough');
      const abort = new AbortController();
      const options = { workers, signal: abort.signal, onProgress: () => abort.abort(reason) };
      await expect(createDelta(file(before), file(after), join(folder, 'other'), options)).rejects.toBe(reason);
      const again = new AbortController();
      await expect(applyDelta(delta, file(before), join(folder, 'made'), { workers, signal: again.signal, onProgress: () => again.abort(reason) })).rejects.toBe(reason);
      await expect(createDelta(file(before), file(after), join(folder, 'other'), options)).rejects.toBe(reason);
      expect(readdirSync(folder)).toEqual(['after', 'before', 'delta']);
    }
  });

  test('what is no file, and a level that does not exist, are refused', async () => {
    const folder = scratchDirectory();
    mkdirSync(join(folder, 'folder'));
    const some = inMemory(Buffer.from('a'));
    for (const path of ['folder', 'nothing']) {
      await expect(createDelta(file(join(folder, path)), some, createMemoryOutput())).rejects.toMatchObject({ code: 'source/unreadable' });
      await expect(createDelta(some, file(join(folder, path)), createMemoryOutput())).rejects.toMatchObject({ code: 'source/unreadable' });
      await expect(applyDelta(join(folder, path), some, join(folder, 'made'))).rejects.toMatchObject({ code: 'source/unreadable' });
    }
    for (const level of [0, 20, 1.5]) await expect(createDelta(some, some, createMemoryOutput(), { level })).rejects.toMatchObject({ code: 'argument/invalid' });
    for (const workers of [-1, 0.5]) await expect(createDelta(some, some, createMemoryOutput(), { workers })).rejects.toMatchObject({ code: 'argument/invalid' });
    expect(readdirSync(folder)).toEqual(['folder']);
  });
});

describe('the base', () => {
  test('another one is refused and leaves nothing behind', async () => {
    const folder = scratchDirectory();
    const before = seededBytes(1, 400_000);
    const after = Buffer.concat([before.subarray(0, 100_000), Buffer.from('and a little more'), before.subarray(100_000, 390_000)]);
    const delta = join(folder, 'delta');
    await createDelta(inMemory(before), inMemory(after), delta);
    const oneBitOff = Buffer.from(before);
    oneBitOff[250_000] = (oneBitOff[250_000] as number) ^ 1;
    for (const wrong of [oneBitOff, before.subarray(0, 399_999), Buffer.concat([before, before]), seededBytes(2, 400_000), Buffer.alloc(0)]) {
      await expect(applyDelta(delta, inMemory(wrong), join(folder, 'made'))).rejects.toMatchObject({ code: 'delta/wrong-base' });
      expect(readdirSync(folder)).toEqual(['delta']);
    }
  });

  test('one that differs only in bytes the delta was compressed against is refused too', async () => {
    const folder = scratchDirectory();
    const before = seededBytes(1, 40_000);
    const after = Buffer.from(before);
    for (let at = 0; at < after.length; at += 50) after[at] = (after[at] as number) ^ 255;
    const delta = join(folder, 'delta');
    await createDelta(inMemory(before), inMemory(after), delta);
    for (let at = 25; at < before.length; at += 3_000) {
      const wrong = Buffer.from(before);
      wrong[at] = (wrong[at] as number) ^ 1;
      await expect(applyDelta(delta, inMemory(wrong), join(folder, 'made'))).rejects.toMatchObject({ code: 'delta/wrong-base' });
    }
    expect(readdirSync(folder)).toEqual(['delta']);
  });
});

describe('snapshots', () => {
  const stream = (bytes: Uint8Array) => ({ kind: 'stream' as const, description: 'bytes', stream: (async function* () { yield bytes; })() });

  test('a delta between any two of snapshot and file gives the bytes of the second', async () => {
    const folder = scratchDirectory();
    const before = seededBytes(1, 3_000_000);
    const after = Buffer.concat([before.subarray(0, 700_000), seededBytes(2, 12_345), before.subarray(750_000), seededBytes(3, 50_000)]);
    const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
    const other = await createRepository({ storage: createMemoryStorage(), hash: 'blake3' });
    const snapshotIn = async (place: typeof repository, bytes: Uint8Array): Promise<DeltaEnd> => ({ kind: 'snapshot', repository: place, snapshotId: (await takeSnapshot(place, stream(bytes))).record.id });
    writeFileSync(join(folder, 'before'), before);
    const bases = [await snapshotIn(repository, before), await snapshotIn(other, before), file(join(folder, 'before'))];
    const results = [await snapshotIn(repository, after), await snapshotIn(other, after), inMemory(after)];
    for (const [row, base] of bases.entries()) {
      for (const [column, result] of results.entries()) {
        const path = join(folder, `delta-${row}-${column}`);
        const report = await createDelta(base, result, path);
        expect(report.newBytes).toBeLessThan(63_000);
        for (const [index, used] of bases.entries()) {
          const made = join(folder, `made-${row}-${column}-${index}`);
          await applyDelta(path, used, made);
          expect(readFileSync(made).equals(after)).toBe(true);
        }
      }
    }
  });

  test('a snapshot of a tree is refused', async () => {
    const folder = scratchDirectory();
    const repository = await createRepository({ storage: createMemoryStorage() });
    const { record } = await takeSnapshot(repository, { kind: 'directory', path: folder });
    const tree: DeltaEnd = { kind: 'snapshot', repository, snapshotId: record.id };
    await expect(createDelta(tree, inMemory(Buffer.alloc(1)), createMemoryOutput())).rejects.toMatchObject({ code: 'snapshot/wrong-kind' });
    await expect(createDelta(inMemory(Buffer.alloc(1)), { ...tree, snapshotId: '0'.repeat(32) }, createMemoryOutput())).rejects.toMatchObject({ code: 'snapshot/not-found' });
  });
});
