import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inOrder } from './in-order.ts';

test('results come in the order of the starts, and no more run than asked for', async () => {
  let running = 0;
  let most = 0;
  const turns = [5, 1, 3, 0, 2, 4, 0, 0];
  const starts = turns.map((count, index) => async () => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < count; turn++) await setImmediate();
    running--;
    return index;
  });
  const results: number[] = [];
  for await (const result of inOrder(starts, 3)) results.push(result);
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('a failure is thrown in its turn, when nothing runs any more, and nothing is started after it', async () => {
  const events: string[] = [];
  const starts = [0, 1, 2, 3, 4, 5].map((index) => async () => {
    events.push(`start ${index}`);
    if (index === 1 || index === 2) throw new Error(`failed ${index}`);
    await setImmediate();
    await setImmediate();
    events.push(`end ${index}`);
    return index;
  });
  const results: number[] = [];
  const all = async () => {
    for await (const result of inOrder(starts, 4)) results.push(result);
  };
  await expect(all()).rejects.toThrow('failed 1');
  expect(results).toEqual([0]);
  expect(events.filter((event) => event.startsWith('start'))).not.toContain('start 5');
  expect(events.filter((event) => event.startsWith('end')).length).toBe(events.filter((event) => event.startsWith('start')).length - 2);
});
