import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { createMinuteLimit } from './minute-limit.ts';

test('refuses what is over the limit until the window resets, and says when that is', async () => {
  const clock = createManualClock();
  const take = createMinuteLimit(clock, 2, 'calls');
  take('contoso');
  await clock.advance(20_000);
  take('contoso');
  take('fabrikam');
  expect(() => take('contoso')).toThrow(expect.objectContaining({ code: 'resource-exhausted', retryAfterMs: 40_000 }));
  await clock.advance(40_000);
  expect(() => take('contoso')).not.toThrow();
});
