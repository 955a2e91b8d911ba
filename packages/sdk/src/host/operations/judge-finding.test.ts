import { expect, test } from 'vitest';
import { judgeFinding } from './judge-finding.ts';

const absent = { finding: 'absent', reason: 'no such operation' } as const;

test('absent is believed about what the vendor never had, and means nothing about what it had', () => {
  expect(judgeFinding({ taken: undefined }, absent)).toBe(absent);
  expect(judgeFinding({ taken: { vendorRef: 'v-1', atMs: 1 } }, absent)).toEqual({ finding: 'cannot-tell', reason: 'the vendor had it as v-1 and does not know it any more: no such operation' });
  expect(judgeFinding({ taken: { vendorRef: undefined, atMs: undefined } }, absent).finding).toBe('cannot-tell');
});

test('absent is believed from a vendor that has it on record still, under the same reference', () => {
  const onRecord = { ...absent, vendorRef: 'v-1' };
  expect(judgeFinding({ taken: { vendorRef: 'v-1', atMs: 1 } }, onRecord)).toBe(onRecord);
  expect(judgeFinding({ taken: { vendorRef: 'v-2', atMs: 1 } }, onRecord).finding).toBe('cannot-tell');
  expect(judgeFinding({ taken: { vendorRef: undefined, atMs: 1 } }, onRecord).finding).toBe('cannot-tell');
});
