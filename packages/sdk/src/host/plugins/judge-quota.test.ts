import { createManualClock, createMemoryStorage } from '@winre-kit/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealDescriptor, type CapabilityDescriptor } from '../../contract/capability-descriptor.ts';
import { judgeQuota, useQuota, type QuotaUse } from './judge-quota.ts';
import { createLimiter } from './limiter.ts';

const signal = new AbortController().signal;
const descriptor = (parameters: object): CapabilityDescriptor => sealDescriptor({ plugin: 'p', specVersion: 'v1', capabilities: { 'winre.devices': { level: 'stable', effect: 'read', reversibility: 'reversible', parameters } } });

test('never more than the quota in any sliding minute, and every wait is long enough', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 30 }), (perMinute, gaps) => {
    let use: QuotaUse = { recent: [], day: '', usedToday: 0 };
    let ms = 0;
    const taken: number[] = [];
    for (const gap of gaps) {
      ms += gap;
      let verdict = judgeQuota({ perMinute, perDay: undefined }, use, 1, { nowMs: ms, monotonicMs: ms });
      if (verdict.verdict === 'wait') {
        ms += verdict.waitMs;
        verdict = judgeQuota({ perMinute, perDay: undefined }, use, 1, { nowMs: ms, monotonicMs: ms });
      }
      expect(verdict.verdict).toBe('go');
      use = useQuota(use, 1, { nowMs: ms, monotonicMs: ms });
      taken.push(ms);
      expect(taken.filter((at) => at > ms - 60_000).length).toBeLessThanOrEqual(perMinute);
    }
  }));
});

test('a daily quota is refused with the time of its reset, survives a restart, and begins anew at midnight UTC', async () => {
  const clock = createManualClock();
  const storage = createMemoryStorage();
  const open = (): ReturnType<typeof createLimiter> => createLimiter({ descriptor: descriptor({ quotaPerDay: 2 }), clock, storage });
  await open().take('winre.devices', 2, { signal });
  await expect(open().take('winre.devices', 1, { signal })).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 21 * 3_600_000 });
  await clock.advance(21 * 3_600_000);
  await open().take('winre.devices', 1, { signal });
});

test('a minute quota makes the next one wait, and an abort ends the wait', async () => {
  const clock = createManualClock();
  const limiter = createLimiter({ descriptor: descriptor({ quotaPerMinute: 1 }), clock, storage: createMemoryStorage() });
  await limiter.take('winre.devices', 1, { signal });
  const begunMs = clock.monotonicMs();
  await clock.runUntilSettled(limiter.take('winre.devices', 1, { signal }));
  expect(clock.monotonicMs() - begunMs).toBeGreaterThanOrEqual(60_000);
  const stop = new AbortController();
  const waiting = limiter.take('winre.devices', 1, { signal: stop.signal });
  await clock.whenSleeping();
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(limiter.take('winre.devices', 2, { signal })).rejects.toMatchObject({ code: 'resource-exhausted' });
  await limiter.take('winre.artifacts', 1_000, { signal });
});
