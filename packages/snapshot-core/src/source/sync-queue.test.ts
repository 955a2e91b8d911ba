import { closeSync, existsSync, fstatSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { SyncQueue } from './sync-queue.ts';

const newFile = (directory: string, name: string) => openSync(join(directory, name), 'wx');

/** A target that takes so long for each call, and what it was asked. */
class LentTarget {
  readonly now: number[] = [];
  readonly elsewhere: number[] = [];
  #nowMs = 0;
  callMs: number;
  bad: number | undefined;

  constructor(callMs: number) {
    this.callMs = callMs;
  }

  get synced(): number[] {
    return [...this.now, ...this.elsewhere];
  }

  syncNow(descriptor: number): void {
    this.now.push(descriptor);
    this.#nowMs += this.callMs;
    this.#refuse(descriptor);
  }

  async sync(descriptor: number): Promise<void> {
    this.elsewhere.push(descriptor);
    this.#refuse(descriptor);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  #refuse(descriptor: number): void {
    if (descriptor === this.bad) throw Object.assign(new TypeError('i/o error'), { code: 'EIO' });
  }
}

async function addFiles(queue: SyncQueue, directory: string, prefix: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await queue.add(newFile(directory, `${prefix}-${index}`));
}

describe.each([['a quick target', 0.001], ['a slow target', 5]])('%s', (_, callMs) => {
  test('what was added last is never made durable before something else is asked for', async () => {
    const directory = scratchDirectory();
    const target = new LentTarget(callMs);
    const queue = new SyncQueue(target);
    const added: number[] = [];
    for (let index = 0; index < 200; index++) {
      const descriptor = newFile(directory, String(index));
      await queue.add(descriptor);
      added.push(descriptor);
      // Numbers of closed files are given out again: only the latest one is unmistakable.
      expect(() => fstatSync(descriptor)).not.toThrow();
    }
    expect(target.synced.length).toBeGreaterThan(100);
    expect(target.synced.length).toBeLessThan(200);
    await queue.drain();
    expect(target.synced).toEqual(added);
  });

  test('a file that could not be made durable is discarded and closed, the others are kept, and the failure is told', async () => {
    const directory = scratchDirectory();
    const target = new LentTarget(callMs);
    const queue = new SyncQueue(target);
    const names = ['good', 'bad', 'last'];
    const descriptors = names.map((name) => newFile(directory, name));
    target.bad = descriptors[1];
    for (const [index, name] of names.entries()) await queue.add(descriptors[index] ?? -1, () => unlinkSync(join(directory, name)));
    await expect(queue.drain()).rejects.toMatchObject({ code: 'target/write-failed', message: expect.stringContaining('EIO') });
    expect(names.map((name) => existsSync(join(directory, name)))).toEqual([true, false, true]);
    for (const descriptor of descriptors) expect(() => fstatSync(descriptor)).toThrow(/EBADF/);
    await queue.drain();
    expect(new Set(target.synced)).toEqual(new Set(descriptors));
  });
});

test('where it takes no time nothing goes to another thread', async () => {
  const target = new LentTarget(0.001);
  const queue = new SyncQueue(target);
  await addFiles(queue, scratchDirectory(), 'file', 200);
  await queue.drain();
  expect([target.now.length, target.elsewhere.length]).toEqual([200, 0]);
});

test('where it takes time only few files in many batches are waited for, until it is quick again', async () => {
  const directory = scratchDirectory();
  const target = new LentTarget(5);
  const queue = new SyncQueue(target);
  await addFiles(queue, directory, 'slow', 17 * 64);
  await queue.drain();
  expect([target.now.length, target.elsewhere.length]).toEqual([3, 17 * 64 - 3]);
  target.callMs = 0.001;
  await addFiles(queue, directory, 'quick', 64);
  await queue.drain();
  expect([target.now.length, target.elsewhere.length]).toEqual([67, 17 * 64 - 3]);
});

test('a target that turns slow in the middle of a batch gets the rest of it at once', async () => {
  const target = new LentTarget(0.001);
  const queue = new SyncQueue({ sync: (descriptor) => target.sync(descriptor), nowMs: () => target.nowMs(), syncNow(descriptor) {
    if (target.now.length === 9) target.callMs = 5;
    target.syncNow(descriptor);
  } });
  await addFiles(queue, scratchDirectory(), 'file', 64);
  await queue.drain();
  expect([target.now.length, target.elsewhere.length]).toEqual([12, 52]);
});

test('a thread that has to wait for its turn now and then does not take the target for slow', async () => {
  const target = new LentTarget(0.001);
  const queue = new SyncQueue({ sync: (descriptor) => target.sync(descriptor), nowMs: () => target.nowMs(), syncNow(descriptor) {
    target.callMs = target.now.length % 32 === 0 ? 5 : 0.001;
    target.syncNow(descriptor);
  } });
  await addFiles(queue, scratchDirectory(), 'file', 128);
  await queue.drain();
  expect([target.now.length, target.elsewhere.length]).toEqual([128, 0]);
});

test('one that cannot be closed does not keep the others open, and is told once', async () => {
  const directory = scratchDirectory();
  const target = new LentTarget(0.001);
  const queue = new SyncQueue(target);
  const descriptors = ['first', 'bad', 'last'].map((name) => newFile(directory, name));
  const events: string[] = [];
  for (const [index, descriptor] of descriptors.entries()) await queue.add(descriptor, () => events.push(`discarded ${index}`), () => events.push(`settled ${index}`));
  target.bad = descriptors[1];
  closeSync(descriptors[1] ?? -1);
  await expect(queue.drain()).rejects.toMatchObject({ code: 'target/write-failed', message: expect.stringContaining('make 1 written files durable (EIO)') });
  for (const descriptor of descriptors) expect(() => fstatSync(descriptor)).toThrow(/EBADF/);
  expect(events).toEqual(['discarded 1', 'settled 0', 'settled 1', 'settled 2']);
});
