import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { withDeadline } from './with-deadline.ts';

const never = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

test('work that is done in time gives its result and leaves no timer behind', async () => {
  const clock = createManualClock();
  expect(await withDeadline(clock, { deadlineMs: 100, signal: new AbortController().signal, what: 'adding' }, async () => 3)).toBe(3);
  expect(clock.sleepers).toEqual([]);
});

test('work that takes longer is aborted and refused by name', async () => {
  const clock = createManualClock();
  const slow = withDeadline(clock, { deadlineMs: 100, signal: new AbortController().signal, what: 'waiting' }, never);
  const outcome = slow.catch((error: unknown) => error);
  await clock.advance(100);
  expect(await outcome).toMatchObject({ code: 'deadline-exceeded', message: expect.stringContaining('waiting') });
});

test('an abort of the caller passes through unchanged', async () => {
  const abort = new AbortController();
  const reason = new RangeError('enough');
  const work = withDeadline(createManualClock(), { deadlineMs: 100, signal: abort.signal, what: 'waiting' }, never);
  abort.abort(reason);
  await expect(work).rejects.toBe(reason);
});
