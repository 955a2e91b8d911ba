import { expect, test } from 'vitest';
import { createChangeFeed } from './change-feed.ts';

test('every reader gets everything from its first read on, in order, and abort ends it with the reason', async () => {
  const feed = createChangeFeed<number>();
  const stop = new AbortController();
  const one = feed.read(stop.signal, [0]);
  expect((await one.next()).value).toBe(0);
  feed.publish(1);
  feed.publish(2);
  const two = feed.read(stop.signal);
  const twoNext = two.next();
  feed.publish(3);
  expect([(await one.next()).value, (await one.next()).value, (await one.next()).value, (await twoNext).value]).toEqual([1, 2, 3, 3]);
  const waiting = one.next();
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
