import { expect, test } from 'vitest';
import { BackgroundWork } from './background-work.ts';

test('no more is under way than there is room for, and settling waits for all, whatever that starts included', async () => {
  const background = new BackgroundWork();
  const ends: (() => void)[] = [];
  let done = 0;
  const start = () => background.start(async () => {
    await new Promise<void>((resolve) => ends.push(resolve));
    done += 1;
    if (done < 2) return;
    background.start(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done += 10;
    });
  });
  for (let index = 0; index < 2; index++) start();
  let hasRoom = false;
  const room = background.waitForRoom(2).then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  ends[0]?.();
  await room;
  const settled = background.settle().then(() => done);
  ends[1]?.();
  expect(await settled).toBe(12);
});

test('the first failure is thrown to whoever waits next, when the rest has ended', async () => {
  const background = new BackgroundWork();
  const first = new TypeError('first');
  let end = (): void => {};
  let hasEnded = false;
  background.start(() => Promise.reject(first));
  background.start(async () => {
    await new Promise<void>((resolve) => (end = resolve));
    hasEnded = true;
  });
  const settled = background.settle().catch((error: unknown) => [error, hasEnded]);
  end();
  expect(await settled).toEqual([first, true]);
  await background.end();
  await expect(background.waitForRoom(5)).rejects.toBe(first);
  expect(() => background.throwIfFailed()).toThrow(first);
});
