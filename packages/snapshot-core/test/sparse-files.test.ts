import { closeSync, ftruncateSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';
import { createMemoryStorage, createRepository, listSnapshot, restoreSnapshot, rollback, takeSnapshot } from '../src/index.ts';
import type { Repository } from '../src/index.ts';

const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });

/** A file that is a hole but for these pieces. */
function makeSparse(path: string, bytes: number, pieces: readonly { readonly at: number; readonly bytes: Uint8Array }[]): void {
  const descriptor = openSync(path, 'w');
  ftruncateSync(descriptor, bytes);
  for (const piece of pieces) writeSync(descriptor, piece.bytes, 0, piece.bytes.length, piece.at);
  closeSync(descriptor);
}

const roomOf = (path: string) => statSync(path).blocks * 512;

async function sparseNames(repository: Repository, id: string): Promise<string[]> {
  const names: string[] = [];
  for await (const item of listSnapshot(repository, id)) if (item.step === 'entry' && item.entry.type === 'file' && item.entry.sparse) names.push(Buffer.from(item.path).toString());
  return names;
}

test('holes come back as holes, and a file of written zeros as written zeros', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  makeSparse(join(volume, 'holes'), 40_000_000, [{ at: 10_000_001, bytes: seededBytes(1, 100_000) }, { at: 39_000_000, bytes: seededBytes(2, 3) }]);
  makeSparse(join(volume, 'only-a-hole'), 5_000_000, []);
  writeFileSync(join(volume, 'zeros'), new Uint8Array(2_000_000));
  writeFileSync(join(volume, 'dense'), seededBytes(3, 50_000));
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  expect(await sparseNames(repository, record.id)).toEqual(['holes', 'only-a-hole']);
  const target = join(scratch, 'target');
  expect(await restoreSnapshot(repository, record.id, target)).toMatchObject({ complete: true, bytesWritten: record.statistics.totalBytes });
  expect(await describeTree(target)).toEqual(await describeTree(volume));
  for (const name of ['holes', 'only-a-hole', 'zeros', 'dense']) expect(roomOf(join(target, name)), name).toBe(roomOf(join(volume, name)));
});

test('a sparse file that was cut off or filled up is rolled back: cut off, its end is a hole again', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  const path = join(volume, 'file');
  makeSparse(path, 30_000_000, [{ at: 0, bytes: seededBytes(1, 1_500_000) }, { at: 20_000_000, bytes: seededBytes(2, 10_000) }]);
  const [original, room] = [readFileSync(path), roomOf(path)];
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  truncateSync(path, 1_200_000);
  expect(await rollback(repository, record.id, volume, { operationId: 'cut' })).toMatchObject({ actions: { rewrite: 1 }, complete: true });
  expect([readFileSync(path).equals(original), roomOf(path)]).toEqual([true, room]);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, seededBytes(3, 4_000_000), 0, 4_000_000, 5_000_000);
  closeSync(descriptor);
  expect(await rollback(repository, record.id, volume, { operationId: 'filled', verifyAll: true })).toMatchObject({ actions: { rewrite: 1 }, complete: true });
  expect(readFileSync(path).equals(original)).toBe(true);
  writeFileSync(path, 'small now');
  await rollback(repository, record.id, volume, { operationId: 'replaced' });
  expect([readFileSync(path).equals(original), roomOf(path)]).toEqual([true, room]);
});

test('whatever lies between the holes comes back, and takes no more room than it did, but for the last block', async () => {
  const scratch = scratchDirectory();
  const piece = fc.record({ at: fc.nat(900_000), bytes: fc.uint8Array({ minLength: 1, maxLength: 20_000 }) });
  let run = 0;
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), fc.array(piece, { maxLength: 5 }), async (bytes, pieces) => {
    const volume = subdirectory(scratch, `${++run}`);
    makeSparse(join(volume, 'file'), bytes, pieces);
    const repository = await newRepository();
    const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
    const target = join(scratch, `${run}-target`);
    expect(await restoreSnapshot(repository, record.id, target)).toMatchObject({ complete: true });
    expect(readFileSync(join(target, 'file')).equals(readFileSync(join(volume, 'file')))).toBe(true);
    // A hole that is no whole block, at the end of the file, is not noticed on its own.
    expect(roomOf(join(target, 'file'))).toBeLessThanOrEqual(roomOf(join(volume, 'file')) + 4_096);
  }), { numRuns: 40 });
});
