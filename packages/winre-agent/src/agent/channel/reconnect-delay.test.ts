import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectDelayMs } from './reconnect-delay.ts';

test('delays double up to the limit and are spread over half of it', () => {
  const limits = { firstMs: 100, maxMs: 1_000 };
  expect([1, 2, 3, 4, 5, 60].map((failures) => reconnectDelayMs(failures, 0, limits))).toEqual([50, 100, 200, 400, 500, 500]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
    const delayMs = reconnectDelayMs(failures, random, limits);
    expect(delayMs).toBeGreaterThanOrEqual(50);
    expect(delayMs).toBeLessThanOrEqual(1_000);
  }));
});
