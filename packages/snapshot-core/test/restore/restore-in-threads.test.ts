import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listSnapshot, openRepository, restoreSnapshot, type Repository, type RestoreReport } from '../../src/index.ts';
import { readReferences } from '../../src/snapshot/read-content.ts';
import { damageObject } from '../repair/repair-world.ts';
import { describeTree } from '../support/describe-tree.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { applyOperations, operationArbitrary, seededBytes } from '../support/tree-operations.ts';
import { ownersAndRoom, put, snapshotInFolder, writeTreeToRestore } from './tree-to-restore.ts';

const threads = [0, 1, 2, 5];

/** Tells of every task that is sent to a thread, before it gets there. */
function onTask(name: string, heard: (worker: Worker) => void): { readonly stop: () => void } {
  const post: unknown = Reflect.get(Worker.prototype, 'postMessage');
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...message: Parameters<Worker['postMessage']>) {
    if (Reflect.get(Object(message[0]), 'task') === name) heard(this);
    if (typeof post === 'function') Reflect.apply(post, this, message);
  });
  return { stop: () => spy.mockRestore() };
}

describe('a tree with everything in it', () => {
  let folder: string;
  let volume: string;
  let repository: Repository;
  let id: string;
  let wanted: readonly string[];
  let reference: RestoreReport;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'snapshot-core-'));
    volume = subdirectory(folder, 'volume');
    writeTreeToRestore(volume);
    ({ repository, id } = await snapshotInFolder(join(folder, 'repository'), volume));
    wanted = await describeTree(volume);
    reference = await restoreSnapshot(repository, id, join(folder, 'reference'), { workers: 0 });
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('comes back without threads', async () => {
    expect(reference).toMatchObject({ complete: true, issues: [], symlinks: 2, hardLinks: 3, bytesWritten: (await repository.getSnapshot(id)).statistics.totalBytes });
    expect(await describeTree(join(folder, 'reference'))).toEqual(wanted);
  });

  test.for([1, 2, 5, undefined])('is the same and counted the same, restored by %s threads', async (workers) => {
    const target = join(scratchDirectory(), 'target');
    const progress: number[] = [];
    const report = await restoreSnapshot(repository, id, target, { ...(workers !== undefined && { workers }), onProgress: ({ bytesWritten }) => progress.push(bytesWritten) });
    expect(report).toEqual(reference);
    expect(await describeTree(target)).toEqual(wanted);
    expect(ownersAndRoom(target)).toEqual(ownersAndRoom(join(folder, 'reference')));
    expect(progress).toEqual(progress.toSorted((left, right) => left - right));
    expect(progress.at(-1)).toBe(report.bytesWritten);
  });

  test('is really given to threads when it is large', async () => {
    let tasks = 0;
    const { stop } = onTask('write-files', () => (tasks += 1));
    await restoreSnapshot(repository, id, join(scratchDirectory(), 'target'));
    stop();
    expect(tasks).toBeGreaterThan(0);
  });

  test('keeps what is in the target already, reports it, and fills in the rest', async () => {
    const target = join(scratchDirectory(), 'target');
    await restoreSnapshot(repository, id, target, { workers: 2, paths: ['flat/name-3', 'modes'] });
    const { issues } = await restoreSnapshot(repository, id, target, { workers: 2 });
    const present = wanted.map((line) => line.split(' ')[0] ?? '').filter((path) => path === 'flat/name-3' || path.startsWith('modes/'));
    expect(issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`).toSorted()).toEqual(present.map((path) => `${path} exists`).toSorted());
    expect(await restoreSnapshot(repository, id, target, { workers: 2, overwrite: true, paths: ['flat', 'modes'] })).toMatchObject({ complete: true });
  });

  test.for([0, 2])('ends where it is aborted, by %i threads, and leaves no half file', async (workers) => {
    const target = join(scratchDirectory(), 'target');
    const controller = new AbortController();
    const reason = new TypeError('enough');
    const cut = restoreSnapshot(repository, id, target, { workers, signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(cut).rejects.toBe(reason);
    const files = readdirSync(target, { recursive: true }).length;
    expect(files).toBeLessThan(wanted.length);
    // What is there is whole, its time included; its directories get theirs in the end.
    // Whom it shares data with may not be there yet.
    const filesOf = (lines: readonly string[]) => lines.filter((line) => line.includes(' file ')).map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(filesOf(wanted)).toEqual(expect.arrayContaining(filesOf(await describeTree(target))));
  });

  test('a directory swapped for a symlink while threads fill it does not lead outside', async () => {
    const scratch = scratchDirectory();
    const [target, outside] = [join(scratch, 'target'), subdirectory(scratch, 'outside')];
    let swaps = 0;
    const { stop } = onTask('write-files', () => {
      for (const name of ['bushy', 'flat', 'modes']) {
        if (swaps >= 3 || !readdirSync(target).includes(name) || readdirSync(target).includes(`${name}-moved`)) continue;
        renameSync(join(target, name), join(target, `${name}-moved`));
        symlinkSync(outside, join(target, name));
        swaps += 1;
      }
    });
    const report = await restoreSnapshot(repository, id, target, { workers: 2 });
    stop();
    expect(swaps).toBe(3);
    expect(readdirSync(outside)).toEqual([]);
    expect(report.issues.map(({ displayPath, reason }) => [displayPath, reason])).toEqual(expect.arrayContaining([['bushy', 'in-the-way'], ['flat', 'in-the-way']]));
    expect(readdirSync(join(target, 'flat-moved')).length).toBeGreaterThan(500);
  });

  test('a thread that dies in the middle fails the call with a code, and the next run finishes it', async () => {
    const target = join(scratchDirectory(), 'target');
    let units = 0;
    const { stop } = onTask('write-files', (worker) => {
      if (++units === 3) void worker.terminate();
    });
    await expect(restoreSnapshot(repository, id, target, { workers: 2 })).rejects.toMatchObject({ code: 'worker/lost' });
    stop();
    expect(await restoreSnapshot(repository, id, target, { workers: 2, overwrite: true })).toMatchObject({ complete: true });
    expect(await describeTree(target)).toEqual(wanted);
  });
});

test('damage in a chunk costs the files that need it and no others, in the order of the tree, with threads or without', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (let file = 0; file < 80; file++) put(volume, `flat/name-${file}`, seededBytes(file, 3_000));
  for (const name of ['y/in-y', 'a/b/in-b']) put(volume, name, seededBytes(200, 100_000));
  put(volume, 'copies/of-name-7', seededBytes(7, 3_000));
  put(volume, 'large', seededBytes(300, 8_400_000));
  put(volume, 'y/large', seededBytes(301, 8_400_000));
  // Uncompressed, so that damage has its exact place.
  const path = join(scratch, 'repository');
  const { repository, id } = await snapshotInFolder(path, volume, 'none');
  const chunks = new Map<string, string>();
  for await (const item of listSnapshot(repository, id)) {
    if (item.step !== 'entry' || item.entry.type !== 'file') continue;
    for await (const { id: chunk } of readReferences(repository, item.entry.content, 'data', {})) chunks.set(Buffer.from(item.path).toString(), chunk);
  }
  for (const name of ['flat/name-7', 'a/b/in-b', 'y/large']) damageObject(repository, path, chunks.get(name) ?? '');
  const wanted = await describeTree(volume);
  const lost = ['a/b/in-b', 'copies/of-name-7', 'flat/name-7', 'y/in-y', 'y/large'];
  for (const workers of [0, 2]) {
    const target = join(scratch, `target-${workers}`);
    // Damage that was met is remembered by the object that met it.
    const report = await restoreSnapshot(await openRepository({ path }), id, target, { workers });
    expect(report.issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`)).toEqual(lost.map((name) => `${name} damaged`));
    expect(report).toMatchObject({ complete: false, files: 80 });
    expect((await describeTree(target)).filter((line) => !line.startsWith(' '))).toEqual(wanted.filter((line) => !line.startsWith(' ') && !lost.includes(line.split(' ')[0] ?? '')));
  }
});

test('any tree comes back the same from 0, 1, 2 and 5 threads', async () => {
  await fc.assert(fc.asyncProperty(fc.array(operationArbitrary, { minLength: 1, maxLength: 60 }), async (operations) => {
    const scratch = mkdtempSync(join(tmpdir(), 'snapshot-core-'));
    try {
      const volume = subdirectory(scratch, 'volume/in');
      applyOperations(volume, operations);
      const wanted = await describeTree(join(scratch, 'volume'));
      const { repository, id } = await snapshotInFolder(join(scratch, 'repository'), join(scratch, 'volume'));
      for (const workers of threads) {
        const target = join(scratch, `target-${workers}`);
        expect(await restoreSnapshot(repository, id, target, { workers })).toMatchObject({ complete: true });
        expect(await describeTree(target)).toEqual(wanted);
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }), { numRuns: usualOrLong(3, 200) });
}, usualOrLong(120_000, 3_000_000));
