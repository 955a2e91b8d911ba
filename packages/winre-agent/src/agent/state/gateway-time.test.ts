import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorTime, gatewayTimeAt, type TimeAnchor } from './gateway-time.ts';

test('there is no time before the first sample', () => {
  expect(gatewayTimeAt(undefined, 1_000)).toBeUndefined();
});

test('time never runs behind the gateway, and is at most one exchange ahead of it', () => {
  const exchanges = fc.array(fc.record({ pauseMs: fc.nat(10_000), thereMs: fc.nat(500), backMs: fc.nat(500) }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(exchanges, fc.integer({ min: 0, max: 2e12 }), (list, offsetMs) => {
    let anchor: TimeAnchor | undefined;
    let nowMs = 0;
    for (const { pauseMs, thereMs, backMs } of list) {
      const sentAtMs = nowMs + pauseMs;
      const receivedAtMs = sentAtMs + thereMs + backMs;
      anchor = anchorTime(anchor, { sentAtMs, receivedAtMs, gatewayTimeMs: sentAtMs + thereMs + offsetMs });
      nowMs = receivedAtMs;
    }
    const estimate = gatewayTimeAt(anchor, nowMs + 5_000) ?? 0;
    const truth = nowMs + 5_000 + offsetMs;
    expect(estimate).toBeGreaterThanOrEqual(truth);
    expect(estimate - truth).toBeLessThanOrEqual(Math.min(...list.map(({ thereMs }) => thereMs)));
  }));
});

test('after the machine slept the newest sample counts', () => {
  const before = anchorTime(undefined, { sentAtMs: 0, receivedAtMs: 10, gatewayTimeMs: 1_000 });
  const after = anchorTime(before, { sentAtMs: 20, receivedAtMs: 30, gatewayTimeMs: 3_600_000 });
  expect(gatewayTimeAt(after, 30)).toBe(3_600_010);
});
