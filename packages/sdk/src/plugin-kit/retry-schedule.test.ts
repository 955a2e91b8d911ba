import { createManualClock, createSeededRandom } from '@winre-kit/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodes, type ErrorCode } from '../errors/error-codes.table.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import { readRetryAfter } from './retry-after.ts';
import { defaultRetryPolicy, retrySchedule } from './retry-schedule.ts';
import { withRetry } from './with-retry.ts';

const unavailable = new RecoveryError('unavailable', 'down');

describe('retrySchedule', () => {
  test('grows up to its cap, with full jitter', () => {
    const delays = [1, 2, 3, 4].map((attempt) => retrySchedule({ attempt, elapsedMs: 0, random: 1, error: unavailable }, { maxAttempts: 9, firstDelayMs: 100, maxDelayMs: 500, maxTotalMs: 10_000 }));
    expect(delays.map((decision) => decision.again && decision.delayMs)).toEqual([100, 200, 400, 500]);
    expect(retrySchedule({ attempt: 3, elapsedMs: 0, random: 0, error: unavailable })).toMatchObject({ again: true, delayMs: 0 });
  });

  test('never waits less than the vendor asked, over the caps, or past the total', () => {
    fc.assert(fc.property(fc.nat(20), fc.nat(400_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.option(fc.nat(400_000), { nil: undefined }), (attempt, elapsedMs, random, retryAfterMs) => {
      const error = new RecoveryError('resource-exhausted', 'slow down', retryAfterMs === undefined ? {} : { retryAfterMs });
      const decision = retrySchedule({ attempt: attempt + 1, elapsedMs, random, error });
      if (!decision.again) return true;
      return decision.delayMs >= (retryAfterMs ?? 0) && decision.delayMs <= (retryAfterMs ?? 0) + defaultRetryPolicy.maxDelayMs && elapsedMs + decision.delayMs <= defaultRetryPolicy.maxTotalMs && attempt + 1 < defaultRetryPolicy.maxAttempts;
    }));
  });

  test.each(Object.keys(errorCodes) as ErrorCode[])('%s is repeated only when its advice is to wait', (code) => {
    const waits = ['conflict', 'resource-exhausted', 'unavailable'].includes(code);
    expect(retrySchedule({ attempt: 1, elapsedMs: 0, random: 0.5, error: new RecoveryError(code, 'x') }).again).toBe(waits);
  });

  test('other errors are not repeated', () => {
    expect(retrySchedule({ attempt: 1, elapsedMs: 0, random: 0.5, error: new TypeError('bug') })).toMatchObject({ again: false });
    expect(retrySchedule({ attempt: 1, elapsedMs: 0, random: 0.5, error: new RecoveryError('unavailable', 'x', { retry: 'reconcile-first' }) })).toEqual({ again: false, reason: 'the advice for unavailable is reconcile-first' });
  });
});

describe('withRetry', () => {
  const call = { signal: new AbortController().signal, correlationId: 'c' };
  const failing = (times: number, error: Error = unavailable): { run: () => Promise<string>; count: () => number } => {
    let count = 0;
    return { count: () => count, run: () => ((count += 1) <= times ? Promise.reject(error) : Promise.resolve('done')) };
  };

  test('repeats a read until it succeeds', async () => {
    const clock = createManualClock();
    const { run, count } = failing(3);
    expect(await clock.runUntilSettled(withRetry({ effect: 'read', clock, random: createSeededRandom('r'), call }, run))).toBe('done');
    expect(count()).toBe(4);
  });

  test('gives the last error up unchanged after the attempts allowed', async () => {
    const clock = createManualClock();
    const { run, count } = failing(99);
    await expect(clock.runUntilSettled(withRetry({ effect: 'read', clock, random: () => 0.5, call }, run))).rejects.toBe(unavailable);
    expect(count()).toBe(defaultRetryPolicy.maxAttempts);
  });

  test.each(['write', 'destructive'] as const)('never repeats a %s', async (effect) => {
    const { run, count } = failing(1);
    await expect(withRetry({ effect, clock: createManualClock(), random: () => 0.5, call }, run)).rejects.toBe(unavailable);
    expect(count()).toBe(1);
  });

  test('does not wait past the deadline, and an abort ends the wait with its reason', async () => {
    const clock = createManualClock();
    const slow = new RecoveryError('resource-exhausted', 'x', { retryAfterMs: 60_000 });
    await expect(withRetry({ effect: 'read', clock, random: () => 0, call: { ...call, deadlineMs: clock.now() + 59_000 } }, failing(9, slow).run)).rejects.toBe(slow);
    const abort = new AbortController();
    const waiting = withRetry({ effect: 'read', clock, random: () => 0, call: { ...call, signal: abort.signal } }, failing(9, slow).run);
    await clock.advance(1);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

test.each([
  ['120', 120_000], [' 0 ', 0], ['Sun, 22 Nov 2026 03:00:30 GMT', 30_000], ['Sunday, 22-Nov-26 03:00:30 GMT', 30_000], ['Sun Nov 22 03:00:30 2026 GMT', 30_000], ['Sun, 22 Nov 2020 03:00:30 GMT', 0],
  [null, undefined], ['', undefined], ['-5', undefined], ['1.5', undefined], ['soon', undefined], ['2026-11-22', undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(readRetryAfter(header, Date.UTC(2026, 10, 22, 3))).toBe(expected);
});
