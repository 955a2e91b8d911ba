import { lstatSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createMemoryStorage, createRepository, takeSnapshot, type Repository, type TakeSnapshotOptions } from '../src/index.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { applyOperations, operationArbitrary } from './support/tree-operations.ts';

/** What happens when a path that ends so has been listed. */
const listed = vi.hoisted((): { suffix: string; act: () => void } => ({ suffix: '/nothing', act: () => {} }));
/** What happens to bytes read from a file whose path ends so: a disk that forgets, or cannot read. */
const rotten = vi.hoisted((): { suffix: string; act: (bytes: Uint8Array) => void } => ({ suffix: '/nothing', act: () => {} }));

/** A file system that does not tell types in its listings. */
const untyped = vi.hoisted(() => ({ isOn: false }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  return {
    ...real,
    readSync: (descriptor: number, into: Uint8Array, offset: number, length: number, position: number) => {
      const bytesRead = real.readSync(descriptor, into, offset, length, position);
      if (real.readlinkSync(`/proc/self/fd/${descriptor}`).endsWith(rotten.suffix)) rotten.act(into.subarray(offset, offset + bytesRead));
      return bytesRead;
    },
    readdirSync: (path: Buffer, ...more: readonly { readonly withFileTypes?: boolean }[]) => {
      if (untyped.isOn && more[0]?.withFileTypes === true) throw Object.assign(new TypeError('as Node says of unknown types'), { code: 'ERR_INVALID_ARG_TYPE' });
      const names: unknown = Reflect.apply(real.readdirSync, undefined, [path, ...more]);
      if (path.toString().startsWith('/proc/self/fd/') && real.readlinkSync(path).endsWith(listed.suffix)) listed.act();
      return names;
    },
  };
});

/** An hour ahead, and standing still: files written a moment ago count as settled. */
const hourAheadMs = Date.now() + 3_600_000;
const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });
const take = (repository: Repository, path: string, options: TakeSnapshotOptions = {}) =>
  takeSnapshot(repository, { kind: 'directory', path }, { clock: { nowMs: () => hourAheadMs }, ...options });

/** Sets the time of modification to a fixed one: size and time then say nothing. */
function write(path: string, content: string): void {
  writeFileSync(path, content);
  utimesSync(path, 1_600_000_000, 1_600_000_000);
}

test('a file whose size and time of modification were put back is read again', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  for (const name of ['changed', 'stays']) write(join(volume, name), `before ${name}`);
  const repository = await newRepository();
  const { record } = await take(repository, volume);
  const { ino } = lstatSync(join(volume, 'changed'));
  write(join(volume, 'changed'), 'behind changed');
  expect(lstatSync(join(volume, 'changed'))).toMatchObject({ ino, size: 14, mtimeMs: 1_600_000_000_000 });
  const again = await take(repository, volume, { parent: record.id });
  expect(again.report).toMatchObject({ files: { changed: 1, unmodified: 1 }, bytesRead: 14 });
  expect(again.record.rootId).toBe((await take(repository, volume)).record.rootId);
});

test('a file that took the name of another one of the same size and time is read', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  write(join(volume, 'file'), 'before');
  write(join(volume, 'other'), 'behind');
  const repository = await newRepository();
  const { record } = await take(repository, volume);
  renameSync(join(volume, 'other'), join(volume, 'file'));
  const again = await take(repository, volume, { parent: record.id });
  expect(again.report).toMatchObject({ files: { changed: 1 }, bytesRead: 6 });
  expect(again.record.rootId).toBe((await take(repository, volume)).record.rootId);
});

test.runIf(process.platform === 'linux')('a directory that is swapped for a symlink while it is walked gives its own files, not those the symlink leads to', async () => {
  const scratch = scratchDirectory();
  const [volume, elsewhere] = [subdirectory(scratch, 'volume'), subdirectory(scratch, 'elsewhere')];
  mkdirSync(join(volume, 'swapped'));
  for (const name of ['changed', 'stays']) {
    write(join(volume, 'swapped', name), `before ${name}`);
    write(join(elsewhere, name), `before ${name}`);
  }
  const repository = await newRepository();
  const { record } = await take(repository, volume);
  write(join(volume, 'swapped', 'changed'), 'behind changed');
  const wanted = await take(repository, volume);
  try {
    listed.suffix = '/volume/swapped';
    listed.act = () => {
      listed.act = () => {};
      renameSync(join(volume, 'swapped'), join(scratch, 'taken-away'));
      symlinkSync(elsewhere, join(volume, 'swapped'));
    };
    // Without threads nobody lists the directory beforehand to see how large the tree is.
    const { report, record: swapped } = await take(repository, volume, { parent: record.id, workers: 0 });
    expect(report).toMatchObject({ files: { changed: 1, unmodified: 1 }, bytesRead: 14, symlinks: 0, issues: [] });
    expect(swapped.rootId).toBe(wanted.record.rootId);
  } finally {
    listed.suffix = '/nothing';
  }
});

test.runIf(process.platform === 'linux')('bytes that went bad behind the back of all metadata are found when every byte is read, and only then', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  for (const name of ['rotten', 'sound']) write(join(volume, name), name.repeat(20_000));
  write(join(volume, 'empty'), '');
  const repository = await newRepository();
  const { record } = await take(repository, volume);
  try {
    rotten.suffix = '/rotten';
    rotten.act = (bytes) => bytes.fill(1, -1);
    const trusting = await take(repository, volume, { parent: record.id });
    expect(trusting.report).toMatchObject({ files: { changed: 0, unmodified: 3 }, bytesRead: 0, bytesReused: 220_000 });
    const reading = await take(repository, volume, { parent: record.id, verifyAll: true });
    expect(reading.report).toMatchObject({ files: { changed: 1, unmodified: 2 }, bytesReused: 0, issues: [] });
    expect(reading.record.rootId).toBe((await take(repository, volume)).record.rootId);
    rotten.act = () => { throw Object.assign(new TypeError('EIO: i/o error, read'), { code: 'EIO' }); };
    const failing = await take(repository, volume, { parent: record.id, verifyAll: true });
    expect(failing.report).toMatchObject({ files: { changed: 0, unmodified: 2 }, issues: [{ displayPath: 'rotten', reason: 'failed' }] });
  } finally {
    rotten.suffix = '/nothing';
  }
  const sound = await take(repository, volume, { parent: record.id, verifyAll: true });
  expect(sound.report).toMatchObject({ files: { unmodified: 3 }, bytesRead: 220_000, bytesAdded: 0 });
  expect(sound.record.rootId).toBe(record.rootId);
});

test('where listings do not tell types, everything is looked at', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  mkdirSync(join(volume, 'directory'));
  for (const name of ['directory/inside', 'file']) write(join(volume, name), name);
  symlinkSync('file', join(volume, 'symlink'));
  const repository = await newRepository();
  const wanted = await take(repository, volume);
  try {
    untyped.isOn = true;
    expect((await take(repository, volume)).record.rootId).toBe(wanted.record.rootId);
    const again = await take(repository, volume, { parent: wanted.record.id });
    expect(again).toMatchObject({ record: { rootId: wanted.record.rootId }, report: { files: { unmodified: 2 }, bytesRead: 0 } });
  } finally {
    untyped.isOn = false;
  }
});

test.for([0, 2])('any edits since the parent give what a snapshot without a parent gives, by %i threads', { timeout: 120_000 }, async (workers) => {
  await fc.assert(fc.asyncProperty(fc.array(operationArbitrary, { maxLength: 25 }), fc.array(operationArbitrary, { maxLength: 12 }), fc.boolean(), async (before, after, verifyAll) => {
    const folder = await mkdtemp(join(tmpdir(), 'snapshot-core-'));
    try {
      const volume = subdirectory(folder, 'volume');
      const repository = await createRepository({ path: join(folder, 'repository'), profile: 'small' });
      applyOperations(volume, before);
      const parent = await take(repository, volume, { workers });
      applyOperations(volume, after);
      const taken = await take(repository, volume, { workers, verifyAll, parent: parent.record.id });
      const afresh = await take(repository, volume, { workers: 0 });
      expect(taken.record.rootId).toBe(afresh.record.rootId);
      expect(taken.record.statistics).toMatchObject({ entryCount: afresh.record.statistics.entryCount, totalBytes: afresh.record.statistics.totalBytes });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }), { numRuns: workers === 0 ? 25 : 8 });
});
