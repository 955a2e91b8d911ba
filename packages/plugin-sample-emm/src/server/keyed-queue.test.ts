import { expect, test } from 'vitest';
import { createKeyedQueue } from './keyed-queue.ts';

test('work on one key runs in order, also behind a failure; other keys do not wait', async () => {
  const inTurn = createKeyedQueue();
  const log: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const first = inTurn('a', async () => {
    await gate;
    log.push('a1');
    throw new TypeError('a1 failed');
  });
  const second = inTurn('a', () => Promise.resolve(void log.push('a2')));
  await inTurn('b', () => Promise.resolve(void log.push('b1')));
  release();
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(log).toEqual(['b1', 'a1', 'a2']);
});
