import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { createMemoryStorage, createRepository, restoreSnapshot, takeSnapshot } from '../../src/index.ts';
import { openBelow } from '../support/open-below.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { put } from './tree-to-restore.ts';

/** A disk that does not make the file durable whose path ends so, and what directories were like each time they were made durable. */
const disk = vi.hoisted(() => ({ bad: '/nothing', directories: [] as { readonly path: string; readonly mode: number; readonly mtimeMs: number }[] }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const { promisify } = await import('node:util');
  const note = (descriptor: number) => {
    const path = real.readlinkSync(`/proc/self/fd/${descriptor}`);
    if (path.endsWith(disk.bad)) throw Object.assign(new TypeError('EIO: i/o error, fsync'), { code: 'EIO' });
    const stats = real.fstatSync(descriptor);
    if (stats.isDirectory()) disk.directories.push({ path, mode: stats.mode & 0o7777, mtimeMs: stats.mtimeMs });
  };
  const synced = promisify(real.fsync);
  return {
    ...real,
    fsyncSync: (descriptor: number) => {
      note(descriptor);
      real.fsyncSync(descriptor);
    },
    fsync: Object.assign(() => {}, {
      [promisify.custom]: async (descriptor: number) => {
        note(descriptor);
        await synced(descriptor);
      },
    }),
  };
});

beforeEach(() => {
  disk.bad = '/nothing';
  disk.directories.length = 0;
});

/** Directories beside each other whose files have the same names, one of them too large for a unit. */
async function snapshotOfTwins(volume: string) {
  for (const folder of ['a', 'b', 'c']) {
    put(volume, `${folder}/file`, folder);
    put(volume, `${folder}/large`, folder === 'a' ? seededBytes(1, 8_400_000) : folder);
    chmodSync(join(volume, folder), 0o750);
  }
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { workers: 0 });
  return { repository, id: record.id };
}

test.runIf(process.platform === 'linux').each([
  ['a large new file', 'a/large', false],
  ['a file of a directory that was there before', 'a/file', true],
])('%s that could not be made durable is removed though the walk has left its directory, and no other', async (_, bad, isThere) => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOfTwins(subdirectory(scratch, 'volume'));
  const target = join(scratch, 'target');
  if (isThere) mkdirSync(join(target, 'a'), { recursive: true });
  disk.bad = `/${bad}`;
  await expect(restoreSnapshot(repository, id, target, { workers: 0 })).rejects.toMatchObject({ code: 'target/write-failed', message: expect.stringContaining('EIO') });
  expect(existsSync(join(target, bad))).toBe(false);
  for (const folder of ['b', 'c']) for (const name of ['file', 'large']) expect(readFileSync(join(target, folder, name), 'utf8')).toBe(folder);
  expect(openBelow(target)).toEqual([]);
});

test.runIf(process.platform === 'linux').each([false, true])('a directory that could not be made durable is told, was it there before: %s', async (isThere) => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOfTwins(subdirectory(scratch, 'volume'));
  const target = join(scratch, 'target');
  if (isThere) mkdirSync(join(target, 'a'), { recursive: true });
  disk.bad = '/target/a';
  await expect(restoreSnapshot(repository, id, target, { workers: 0 })).rejects.toMatchObject({ code: 'target/write-failed', message: expect.stringContaining('EIO') });
  expect(openBelow(target)).toEqual([]);
});

test.runIf(process.platform === 'linux')('mode and time of a directory are made durable with it', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  const { repository, id } = await snapshotOfTwins(volume);
  const target = join(scratch, 'target');
  expect(await restoreSnapshot(repository, id, target, { workers: 0 })).toMatchObject({ complete: true });
  for (const folder of ['a', 'b', 'c']) {
    const { mode, mtimeMs } = disk.directories.findLast(({ path }) => path === join(target, folder)) ?? {};
    expect(mode).toBe(0o750);
    expect(mtimeMs).toBeCloseTo(statSync(join(volume, folder)).mtimeMs, 1);
  }
});
