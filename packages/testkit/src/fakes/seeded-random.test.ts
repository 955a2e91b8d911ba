import { expect, test } from 'vitest';
import { createSeededRandom, createSeededRandomBytes } from './seeded-random.ts';
import { createSequentialIds } from './sequential-ids.ts';

test('the same seed gives the same bytes however they are asked for', () => {
  const whole = createSeededRandomBytes('seed')(100);
  const next = createSeededRandomBytes('seed');
  expect(Buffer.concat([next(1), next(31), next(0), next(68)])).toEqual(Buffer.from(whole));
  expect(createSeededRandomBytes('other')(100)).not.toEqual(whole);
  expect(new Set(whole).size).toBeGreaterThan(50);
});

test('numbers lie in [0, 1) and spread', () => {
  const next = createSeededRandom('seed');
  const numbers = Array.from({ length: 1_000 }, next);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.filter((number) => number < 0.5).length).toBeGreaterThan(400);
  expect(numbers.filter((number) => number < 0.5).length).toBeLessThan(600);
});

test('ids count per kind', () => {
  const ids = createSequentialIds();
  expect([ids.next('operation'), ids.next('session'), ids.next('operation')]).toEqual(['operation-1', 'session-1', 'operation-2']);
});
