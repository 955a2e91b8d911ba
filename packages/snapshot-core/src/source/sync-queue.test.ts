import { existsSync, fstatSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { SyncQueue } from './sync-queue.ts';

const newFile = (directory: string, name: string) => openSync(join(directory, name), 'wx');

test('what was added last is never made durable before something else is asked for', async () => {
  const directory = scratchDirectory();
  const synced: number[] = [];
  const queue = new SyncQueue(async (descriptor) => void synced.push(descriptor));
  const added: number[] = [];
  for (let index = 0; index < 200; index++) {
    const descriptor = newFile(directory, String(index));
    await queue.add(descriptor);
    added.push(descriptor);
    // Numbers of closed files are given out again: only the latest one is unmistakable.
    expect(() => fstatSync(descriptor)).not.toThrow();
  }
  expect(synced.length).toBeGreaterThan(100);
  expect(synced.length).toBeLessThan(200);
  await queue.drain();
  expect(synced).toEqual(added);
});

test('a file that could not be made durable is discarded and closed, the others are kept, and the failure is told', async () => {
  const directory = scratchDirectory();
  const bad = newFile(directory, 'bad');
  const queue = new SyncQueue(async (descriptor) => {
    if (descriptor === bad) throw Object.assign(new TypeError('i/o error'), { code: 'EIO' });
  });
  const good = newFile(directory, 'good');
  for (const [descriptor, name] of [[good, 'good'], [bad, 'bad']] as const) await queue.add(descriptor, () => unlinkSync(join(directory, name)));
  await expect(queue.drain()).rejects.toMatchObject({ code: 'target/write-failed', message: expect.stringContaining('EIO') });
  expect([existsSync(join(directory, 'good')), existsSync(join(directory, 'bad'))]).toEqual([true, false]);
  for (const descriptor of [good, bad]) expect(() => fstatSync(descriptor)).toThrow(/EBADF/);
  await queue.drain();
});
