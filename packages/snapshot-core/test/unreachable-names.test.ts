import { chownSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMemoryStorage, createRepository, listSnapshot, planRollback, rollback, takeSnapshot } from '../src/index.ts';
import type { Repository, TakenSnapshot, TakeSnapshotOptions, TreeEntry } from '../src/index.ts';
import { collect } from './collect.ts';
import { runAsNobody } from './support/run-as-nobody.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';

/** Codes with which names cannot be looked at or opened, by how their paths end. */
const refused = vi.hoisted(() => new Map<string, string>());
/** What somebody does just before a path that ends so is looked at or opened, once. */
const meddling = vi.hoisted(() => new Map<string, () => void>());
/** Whether directories are found by their paths, as on systems without `/proc`. */
const system = vi.hoisted(() => ({ isByPath: false }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const refusing = (work: (...given: never[]) => unknown) => (path: Buffer | string, ...more: readonly unknown[]): unknown => {
    const text = path.toString();
    const meddler = [...meddling].find(([suffix]) => text.endsWith(suffix));
    if (meddler !== undefined && meddling.delete(meddler[0])) meddler[1]();
    for (const [suffix, code] of refused) if (text.endsWith(suffix)) throw Object.assign(new TypeError(`${code}: refused`), { code });
    return Reflect.apply(work, undefined, [path, ...more]);
  };
  return { ...real, lstatSync: refusing(real.lstatSync), openSync: refusing(real.openSync), existsSync: (path: string) => !(system.isByPath && path === '/proc/self/fd') && real.existsSync(path) };
});

afterEach(() => {
  refused.clear();
  meddling.clear();
  system.isByPath = false;
});

const hourAheadMs = Date.now() + 3_600_000;
const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });
const take = (repository: Repository, path: string, options: TakeSnapshotOptions = {}) =>
  takeSnapshot(repository, { kind: 'directory', path }, { clock: { nowMs: () => hourAheadMs }, workers: 0, ...options });
const reasonsOf = ({ report }: TakenSnapshot) => report.issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`);

async function entriesOf(repository: Repository, { record }: TakenSnapshot): Promise<Record<string, TreeEntry>> {
  const entries: Record<string, TreeEntry> = {};
  for (const item of await collect(listSnapshot(repository, record.id))) if (item.step === 'entry') entries[Buffer.from(item.path).toString()] = item.entry;
  return entries;
}

function writeFiles(folder: string, prefix: string, count: number): void {
  for (let file = 0; file < count; file++) writeFileSync(join(folder, `${prefix}-${String(file).padStart(5, '0')}`), '');
}

/** Entries of the root that are taken before the rest is left to other units. */
const firstUnit = 256;

describe.each([['the first unit', 0], ['a later unit', firstUnit + 44]])('a name of %s that cannot be looked at', (_, before) => {
  test.each([['EIO', 'failed'], ['EACCES', 'permission'], ['EPERM', 'permission']])('(%s) is kept by name alone as %s, the others are taken, and a rollback leaves it alone', async (code, reason) => {
    const volume = subdirectory(scratchDirectory(), 'volume');
    writeFiles(volume, 'a', before);
    for (const name of ['bad-file', 'later']) writeFileSync(join(volume, name), name);
    symlinkSync('later', join(volume, 'bad-link'));
    const repository = await newRepository();
    refused.set('/bad-file', code).set('/bad-link', code);
    const taken = await take(repository, volume);
    expect(reasonsOf(taken)).toEqual([`bad-file ${reason}`, `bad-link ${reason}`]);
    expect(taken.report).toMatchObject({ skipped: 2, symlinks: 0, files: { new: before + 1 } });
    expect(taken.record.incomplete).toBe(true);
    const unread = { type: 'unread', reason, size: 0, inode: 0n, linkCount: 0 };
    expect(await entriesOf(repository, taken)).toMatchObject({ 'bad-file': unread, 'bad-link': unread, later: { type: 'file', size: 5 } });
    expect((await take(repository, volume, { parent: taken.record.id })).record.rootId).toBe(taken.record.rootId);
    refused.clear();
    expect(await rollback(repository, taken.record.id, volume, { operationId: 'op' })).toMatchObject({ complete: true });
    expect(readFileSync(join(volume, 'bad-file'), 'utf8')).toBe('bad-file');
    expect(readFileSync(join(volume, 'bad-link'), 'utf8')).toBe('later');
  });

  test('because it is gone is left out', async () => {
    const volume = subdirectory(scratchDirectory(), 'volume');
    writeFiles(volume, 'a', before);
    for (const name of ['gone', 'later']) writeFileSync(join(volume, name), name);
    const repository = await newRepository();
    refused.set('/gone', 'ENOENT');
    const taken = await take(repository, volume);
    expect([reasonsOf(taken), taken.record.incomplete, taken.report.skipped]).toEqual([[], false, 0]);
    const entries = await entriesOf(repository, taken);
    expect(entries['later']).toMatchObject({ type: 'file' });
    expect(entries['gone']).toBeUndefined();
  });
});

const backTo = (moved: string, path: string) => () => {
  rmSync(path, { recursive: true, force: true });
  renameSync(moved, path);
};

test.each<[string, 'failed' | 'permission', (path: string, moved: string) => () => void]>([
  ['is moved away', 'failed', (path, moved) => (renameSync(path, moved), backTo(moved, path))],
  ['is replaced by another one', 'failed', (path, moved) => (renameSync(path, moved), mkdirSync(path), backTo(moved, path))],
  ['is replaced by a symlink to it', 'failed', (path, moved) => (renameSync(path, moved), symlinkSync(moved, path), backTo(moved, path))],
  ['cannot be opened because too many files are', 'failed', () => (refused.set('/directory', 'EMFILE'), () => refused.clear())],
  ['cannot be read', 'failed', () => (refused.set('/directory', 'EIO'), () => refused.clear())],
  ['may not be opened any more', 'permission', () => (refused.set('/directory', 'EACCES'), () => refused.clear())],
])('a directory that %s before the rest of it is taken keeps its names as %s, and a rollback leaves alone what was in it', async (_, reason, spoil) => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  const directory = subdirectory(volume, 'directory');
  // The directory is the last thing that the first unit takes, and all that is in it is left to another one.
  writeFiles(volume, 'a', firstUnit - 1);
  for (const name of ['one', 'two']) writeFileSync(join(directory, name), name);
  mkdirSync(join(directory, 'three'));
  writeFileSync(join(directory, 'three', 'inside'), 'inside');
  const repository = await newRepository();
  let undo: (() => void) | undefined;
  const taken = await take(repository, volume, { onProgress: () => void (undo ??= spoil(directory, join(scratch, 'moved'))) });
  undo?.();
  expect(reasonsOf(taken)).toEqual(['one', 'three', 'two'].map((name) => `directory/${name} ${reason}`));
  expect([taken.record.incomplete, taken.report.skipped]).toEqual([true, 3]);
  const unread = { type: 'unread', reason, size: 0, inode: 0n };
  expect(await entriesOf(repository, taken)).toMatchObject({ directory: { type: 'directory', size: 3 }, 'directory/one': unread, 'directory/two': unread, 'directory/three': unread });
  const actions = await collect(planRollback(repository, taken.record.id, volume));
  expect(actions.filter(({ action }) => action === 'delete')).toEqual([]);
  expect(await rollback(repository, taken.record.id, volume, { operationId: 'op' })).toMatchObject({ complete: true });
  for (const name of ['one', 'two']) expect(readFileSync(join(directory, name), 'utf8')).toBe(name);
  expect(readFileSync(join(directory, 'three', 'inside'), 'utf8')).toBe('inside');
});

test('where directories are found by their paths, one that is replaced while its names are taken loses none of them', async () => {
  system.isByPath = true;
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  const directory = subdirectory(volume, 'directory');
  for (const name of ['one', 'two']) writeFileSync(join(directory, name), name);
  const repository = await newRepository();
  meddling.set('/directory/one', () => {
    renameSync(directory, join(scratch, 'moved'));
    mkdirSync(directory);
  });
  const taken = await take(repository, volume);
  backTo(join(scratch, 'moved'), directory)();
  expect(reasonsOf(taken)).toEqual(['directory failed', 'directory/one failed', 'directory/two failed']);
  expect(taken.record.incomplete).toBe(true);
  expect(await rollback(repository, taken.record.id, volume, { operationId: 'op' })).toMatchObject({ complete: true, actions: { delete: 0 } });
  for (const name of ['one', 'two']) expect(readFileSync(join(directory, name), 'utf8')).toBe(name);
});

test('a directory that gives way to a symlink just before it is opened is kept by name', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  const directory = subdirectory(volume, 'directory');
  const repository = await newRepository();
  // Looked at first, then opened.
  meddling.set('/directory', () => meddling.set('/directory', () => {
    renameSync(directory, join(scratch, 'moved'));
    symlinkSync(join(scratch, 'moved'), directory);
  }));
  const taken = await take(repository, volume);
  expect([reasonsOf(taken), taken.record.incomplete]).toEqual([['directory failed'], true]);
  expect(await entriesOf(repository, taken)).toMatchObject({ directory: { type: 'unread', reason: 'failed' } });
});

test('a root that may be listed but not entered is refused by name', async () => {
  const scratch = scratchDirectory();
  chmodSync(scratch, 0o777);
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), '');
  if (process.getuid?.() === 0) chownSync(volume, 65_534, 65_534);
  const output = await runAsNobody(`
    import { chmodSync } from 'node:fs';
    import { createMemoryStorage, createRepository, SnapshotError, takeSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    chmodSync(process.env.VOLUME, 0o444);
    const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
    const error = await takeSnapshot(repository, { kind: 'directory', path: process.env.VOLUME }).catch((caught) => caught);
    chmodSync(process.env.VOLUME, 0o755);
    console.log(JSON.stringify([SnapshotError.isInstance(error), error.code]));
  `, { VOLUME: volume });
  expect(JSON.parse(output)).toEqual([true, 'source/unreadable']);
});

test.for([0, 2])('directories that may be listed but not entered are kept by name, whichever unit meets them, by %i threads', async (workers) => {
  const scratch = scratchDirectory();
  chmodSync(scratch, 0o777);
  const volume = subdirectory(scratch, 'volume');
  if (process.getuid?.() === 0) chownSync(volume, 65_534, 65_534);
  const output = await runAsNobody(`
    import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
    import { createMemoryStorage, createRepository, listSnapshot, takeSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const volume = process.env.VOLUME;
    const listed = ['0-early', 'y-late', 'z-later'];
    for (const name of listed) {
      mkdirSync(volume + '/' + name);
      writeFileSync(volume + '/' + name + '/inside', 'x');
      chmodSync(volume + '/' + name, 0o444);
    }
    for (let file = 0; file < ${firstUnit - 2}; file++) writeFileSync(volume + '/a-' + file, '');
    const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
    const { record, report } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { workers: Number(process.env.WORKERS) });
    const entries = [];
    for await (const { step, path, entry } of listSnapshot(repository, record.id)) if (step === 'entry' && !/^a-|^$/.test(Buffer.from(path).toString())) entries.push([Buffer.from(path).toString(), entry.type, entry.reason]);
    for (const name of listed) chmodSync(volume + '/' + name, 0o755);
    console.log(JSON.stringify([record.incomplete, report.issues.map(({ displayPath, reason }) => [displayPath, reason]), entries]));
  `, { VOLUME: volume, WORKERS: String(workers) });
  const names = ['0-early', 'y-late', 'z-later'];
  expect(JSON.parse(output)).toEqual([true, names.map((name) => [name, 'permission']), names.map((name) => [name, 'unread', 'permission'])]);
});

test('a directory that got more than 8,192 names, most of them behind those of its parent, is taken in a bounded number of parts', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFiles(volume, 'a', 1_200);
  const repository = await newRepository();
  const first = await take(repository, volume);
  writeFiles(volume, 'b', 8_800);
  const controller = new AbortController();
  let units = 0;
  const onProgress = () => {
    if (++units > 200) controller.abort(new TypeError('it is split without end'));
  };
  const again = await take(repository, volume, { parent: first.record.id, onProgress, signal: controller.signal });
  expect(again.report).toMatchObject({ files: { new: 8_800, unmodified: 1_200 }, issues: [] });
  expect(again.record.rootId).toBe((await take(repository, volume)).record.rootId);
}, 60_000);
