import { expect, test } from 'vitest';
import { createNewestEntries } from './newest-entries.ts';

test('the entry that was set longest ago makes room', () => {
  const entries = createNewestEntries<number>(2);
  const seen = (): readonly unknown[] => ['a', 'b', 'c'].map((key) => entries.get(key));
  entries.set('a', 1);
  entries.set('b', 2);
  entries.set('a', 3);
  expect(seen()).toEqual([3, 2, undefined]);
  entries.set('c', 4);
  expect(seen()).toEqual([3, undefined, 4]);
  entries.delete('a');
  entries.set('b', 5);
  expect(seen()).toEqual([undefined, 5, 4]);
});
