import { appendFileSync, closeSync, ftruncateSync, linkSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFolderStorage, createRepository, restoreSnapshot, takeSnapshot, type Repository, type TakeSnapshotOptions, type TakenSnapshot } from '../../src/index.ts';
import { describeTree } from '../support/describe-tree.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

// Rule 3 for trees: what is stored and what is counted depends on the files and the repository's secret only, never on how the tree was split.

/** An hour ahead, and standing still: files written a moment ago count as settled in every run. */
const hourAheadMs = Date.now() + 3_600_000;
const clock = { nowMs: () => hourAheadMs };
const newRepository = (folder: string) => createRepository({ storage: createFolderStorage({ path: folder }), profile: 'small' });
const take = (repository: Repository, path: string, options: TakeSnapshotOptions = {}) => takeSnapshot(repository, { kind: 'directory', path }, { clock, ...options });

function write(root: string, path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

/** What must be the same however the work was split. What was new to the repository depends on what is in it already. */
function outcomeOf({ record, report }: TakenSnapshot): unknown {
  const { bytesAdded: _added, ...counts } = report;
  const { addedBytes: _addedBytes, durationMs: _durationMs, ...statistics } = record.statistics;
  return { rootId: record.rootId, counts, statistics };
}

const flatFiles = 8_300;
const fileCount = flatFiles + 40 + 720 + 3;

/** More names in one directory than a unit takes, deep chains, bushy parts, links across all of them, large and sparse files. */
function writeTree(root: string): void {
  for (let file = 0; file < flatFiles; file++) write(root, `flat/name-${file}`, file % 50 === 0 ? `content of ${file}` : '');
  for (let depth = 0, path = 'chain'; depth < 40; depth++, path += `/d${depth}`) write(root, `${path}/file`, seededBytes(depth, 3_000));
  for (let folder = 0; folder < 60; folder++) for (let file = 0; file < 12; file++) write(root, `bushy/folder-${folder % 7}/sub-${folder}/file-${file}`, seededBytes(100 + folder + file, 100 * folder + file));
  write(root, 'bushy/large', seededBytes(7, 5_000_000));
  write(root, 'a-first', 'x');
  linkSync(join(root, 'bushy/folder-3/sub-3/file-3'), join(root, 'flat/name-4000-linked'));
  linkSync(join(root, 'bushy/folder-3/sub-3/file-3'), join(root, 'z-linked'));
  linkSync(join(root, 'a-first'), join(root, 'chain/d1/linked'));
  symlinkSync('../a-first', join(root, 'bushy/symlink'));
  const sparse = openSync(join(root, 'bushy/sparse'), 'w');
  ftruncateSync(sparse, 3_000_000);
  writeSync(sparse, seededBytes(3, 10_000), 0, 10_000, 1_500_000);
  closeSync(sparse);
}

function editTree(root: string): void {
  write(root, 'flat/name-4444-new', 'new');
  // Behind all others: the page that was the last one goes on now.
  write(root, 'flat/zzz', 'new');
  rmSync(join(root, 'flat/name-7000'));
  appendFileSync(join(root, 'flat/name-10'), 'more');
  appendFileSync(join(root, 'bushy/large'), 'more');
  renameSync(join(root, 'bushy/folder-2'), join(root, 'bushy/renamed'));
  rmSync(join(root, 'chain/d1/d2/d3'), { recursive: true });
}

describe('a tree', () => {
  let folder: string;
  let root: string;
  let repository: Repository;
  let first: TakenSnapshot;
  let wanted: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshot-core-'));
    root = join(folder, 'tree');
    writeTree(root);
    repository = await newRepository(join(folder, 'repository'));
    first = await take(repository, root, { workers: 0 });
    wanted = await describeTree(root);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is counted whole, each file once', () => {
    expect(first.report).toMatchObject({ files: { new: fileCount, changed: 0, unmodified: 0, torn: 0 }, symlinks: 1, issues: [] });
    expect(first.record.statistics.entryCount).toBe(wanted.length);
  });

  test.for([1, 2, 5])('is the same taken by %i threads', async (workers) => {
    expect(outcomeOf(await take(repository, root, { workers }))).toEqual(outcomeOf(first));
  });

  test('stored by threads alone restores whole, links among its parts included', async () => {
    const other = await newRepository(join(scratchDirectory(), 'repository'));
    const { record } = await take(other, root, { workers: 2 });
    expect(await other.check({ readData: true })).toMatchObject({ intact: true });
    const target = join(scratchDirectory(), 'target');
    expect(await restoreSnapshot(other, record.id, target)).toMatchObject({ complete: true, hardLinks: 3 });
    expect(await describeTree(target)).toEqual(wanted);
  }, 120_000);

  test.for([0, 2])('unchanged since its parent is taken over unread, by %i threads', async (workers) => {
    const again = await take(repository, root, { workers, parent: first.record.id });
    expect(again.report).toMatchObject({ files: { new: 0, changed: 0, unmodified: fileCount, torn: 0 }, bytesRead: 0, issues: [] });
    expect(again.record.rootId).toBe(first.record.rootId);
    const verified = await take(repository, root, { workers, parent: first.record.id, verifyAll: true });
    expect(verified.report).toMatchObject({ files: { new: 0, changed: 0, unmodified: fileCount, torn: 0 }, bytesRead: first.report.bytesRead });
    expect(verified.record.rootId).toBe(first.record.rootId);
  });

  test('changed since its parent is what it would be without one, by any number of threads', async () => {
    const copy = join(scratchDirectory(), 'tree');
    writeTree(copy);
    const before = await take(repository, copy, { workers: 2 });
    editTree(copy);
    const outcomes = [];
    for (const workers of [0, 1, 3]) outcomes.push(outcomeOf(await take(repository, copy, { workers, parent: before.record.id })));
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    const without = await take(repository, copy, { workers: 2 });
    expect(outcomes[0]).toMatchObject({ rootId: without.record.rootId });
  }, 120_000);

  test('aborted in the middle leaves a sound repository, and the next run takes it', async () => {
    const other = await newRepository(join(scratchDirectory(), 'repository'));
    const controller = new AbortController();
    const reason = new TypeError('enough');
    const cut = take(other, root, { workers: 2, signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(cut).rejects.toBe(reason);
    const whole = await take(other, root, { workers: 2 });
    expect(whole.record.statistics.entryCount).toBe(first.record.statistics.entryCount);
    expect(await other.check({ readData: true })).toMatchObject({ intact: true });
  });

  test('whose thread dies in the middle is refused with a code, and the next run takes it', async () => {
    const other = await newRepository(join(scratchDirectory(), 'repository'));
    let units = 0;
    const post: unknown = Reflect.get(Worker.prototype, 'postMessage');
    const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...message: Parameters<Worker['postMessage']>) {
      if (typeof post === 'function') Reflect.apply(post, this, message);
      const task: unknown = Reflect.get(Object(message[0]), 'task');
      if (task === 'take-tree-unit' && ++units === 3) void this.terminate();
    });
    await expect(take(other, root, { workers: 2 })).rejects.toMatchObject({ code: 'worker/lost' });
    spy.mockRestore();
    const whole = await take(other, root, { workers: 2 });
    expect(whole.record.statistics.entryCount).toBe(first.record.statistics.entryCount);
    expect(await other.check({ readData: true })).toMatchObject({ intact: true });
  });
});

test('any tree comes back the same from 0, 1 and 3 threads', async () => {
  const names = fc.constantFrom('a', 'b', 'a-b', 'ab', 'z', 'ä', 'dir', 'dir2');
  const paths = fc.array(fc.tuple(fc.array(names, { minLength: 1, maxLength: 5 }), fc.nat(200_000)), { maxLength: 25 });
  await fc.assert(fc.asyncProperty(paths, async (files) => {
    const folder = await mkdtemp(join(tmpdir(), 'snapshot-core-'));
    try {
      const root = join(folder, 'tree');
      mkdirSync(root);
      // A name that is a file cannot be a directory as well.
      for (const [ordinal, [parts, bytes]] of files.entries()) write(root, [...parts.slice(0, -1).map((part) => `d-${part}`), parts.at(-1) ?? 'x'].join('/'), seededBytes(ordinal, bytes % 70_000));
      const repository = await newRepository(join(folder, 'repository'));
      const expected = await describeTree(root);
      const ids = new Set<string>();
      for (const workers of [0, 1, 3]) {
        const { record } = await take(repository, root, { workers });
        ids.add(record.rootId);
        const target = join(folder, `target-${workers}`);
        await restoreSnapshot(repository, record.id, target);
        expect(await describeTree(target)).toEqual(expected);
      }
      expect(ids.size).toBe(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }), { numRuns: 5 });
}, 120_000);
