import { expect, test } from 'vitest';
import { createManualClock } from './manual-clock.ts';

test('sleepers wake in the order of their time, and each is served before the next', async () => {
  const clock = createManualClock({ nowMs: 1_000 });
  const woke: string[] = [];
  const run = async (name: string, ...sleeps: number[]): Promise<void> => {
    for (const ms of sleeps) {
      await clock.sleep(ms);
      woke.push(`${name}@${clock.monotonicMs()}`);
    }
  };
  void run('a', 30, 30);
  void run('b', 10, 10, 20);
  await clock.advance(50);
  expect(woke).toEqual(['b@10', 'b@20', 'a@30', 'b@40']);
  expect(clock.now()).toBe(1_050);
  expect(clock.sleepers).toEqual([{ wakesInMs: 10, requestedMs: 30 }]);
});

test('sleeps of equal time wake in the order they were begun', async () => {
  const clock = createManualClock();
  const woke: number[] = [];
  for (const index of [1, 2, 3]) void clock.sleep(5).then(() => woke.push(index));
  await clock.advance(5);
  expect(woke).toEqual([1, 2, 3]);
});

test('a jump moves the wall clock only', async () => {
  const clock = createManualClock({ nowMs: 5_000_000 });
  let woke = false;
  void clock.sleep(1_000).then(() => (woke = true));
  clock.jump(3_600_000);
  await clock.advance(999);
  expect([clock.now(), clock.monotonicMs(), woke]).toEqual([8_600_999, 999, false]);
  clock.jump(-7_200_000);
  await clock.advance(1);
  expect([clock.now(), woke]).toEqual([1_401_000, true]);
});

test('an abort rejects with its own reason and leaves no sleeper', async () => {
  const clock = createManualClock();
  const abort = new AbortController();
  const reason = new Error('enough');
  const sleep = clock.sleep(10, { signal: abort.signal });
  abort.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(clock.sleep(10, { signal: abort.signal })).rejects.toBe(reason);
  expect(clock.sleepers).toEqual([]);
});

test('zero ends at once, NaN and going back are refused', async () => {
  const clock = createManualClock();
  await clock.sleep(0);
  await expect(clock.sleep(Number.NaN)).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('runUntilSettled serves every sleep on the way and passes the result or the error on', async () => {
  const clock = createManualClock();
  const work = async (): Promise<number> => {
    for (let round = 0; round < 3; round += 1) await clock.sleep(60_000);
    return clock.monotonicMs();
  };
  expect(await clock.runUntilSettled(work())).toBe(180_000);
  await expect(clock.runUntilSettled(Promise.reject(new TypeError('no')))).rejects.toThrow(TypeError);
  await expect(clock.runUntilSettled(clock.sleep(100), 50)).rejects.toMatchObject({ code: 'deadline-exceeded' });
});

test('whenSleeping waits for real work that has not come to its sleep yet', async () => {
  const clock = createManualClock();
  let done = false;
  void new Promise((resolve) => setTimeout(resolve, 5)).then(() => clock.sleep(50)).then(() => (done = true));
  await clock.whenSleeping();
  await clock.advance(50);
  expect(done).toBe(true);
});
