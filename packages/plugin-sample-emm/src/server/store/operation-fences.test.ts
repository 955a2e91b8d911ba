import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { createOperationFences } from './operation-fences.ts';

test('a fence begins at 0, rises by one, and belongs to one key of one tenant', () => {
  const fences = createOperationFences(openDatabase(':memory:'));
  expect([fences.current('t', 'k'), fences.raise('t', 'k'), fences.raise('t', 'k'), fences.current('t', 'k')]).toEqual([0, 1, 2, 2]);
  expect([fences.current('t', 'other'), fences.current('u', 'k')]).toEqual([0, 0]);
});
