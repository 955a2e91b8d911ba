import { RecoveryError, type CallContext } from '@winre-kit/sdk';
import { createManualClock, type ManualClock } from '@winre-kit/testkit';
import { z } from 'zod';
import { expect, test } from 'vitest';
import { followLines } from './follow-lines.ts';
import type { SampleEmm } from './sample-emm.ts';

const call: CallContext = { signal: new AbortController().signal, correlationId: 'c' };

/** A stream per connection: lines, then what it ends with. */
function emmOf(clock: ManualClock, connections: readonly { readonly lines: readonly number[]; readonly error?: Error }[]): { emm: SampleEmm; opened: () => number } {
  let opened = 0;
  const lines = async function* (): AsyncGenerator<number> {
    const connection = connections[Math.min(opened, connections.length - 1)];
    opened += 1;
    yield* await Promise.resolve(connection?.lines ?? []);
    if (connection?.error) throw connection.error;
  };
  return { emm: { clock, client: { lines } } as unknown as SampleEmm, opened: () => opened };
}
const follow = (emm: SampleEmm): AsyncGenerator<number> => followLines(emm, { open: () => ({ path: '/x', query: {} }), line: z.number(), doing: 'following' }, call);

test('a stream that ends or breaks is opened again, with a growing pause', async () => {
  const clock = createManualClock();
  const { emm } = emmOf(clock, [{ lines: [1] }, { lines: [], error: new RecoveryError('unavailable', 'cut') }, { lines: [2] }]);
  const stream = follow(emm);
  expect(await clock.runUntilSettled(stream.next())).toMatchObject({ value: 1 });
  expect(await clock.runUntilSettled(stream.next())).toMatchObject({ value: 2 });
  expect(clock.monotonicMs()).toBe(250 + 500);
});

test('an EMM that stays away ends it with the last error, a refusal at once', async () => {
  const clock = createManualClock();
  const away = emmOf(clock, [{ lines: [], error: new RecoveryError('unavailable', 'down') }]);
  await expect(clock.runUntilSettled(follow(away.emm).next())).rejects.toMatchObject({ code: 'unavailable', message: 'down' });
  expect(away.opened()).toBe(8);
  const refused = emmOf(clock, [{ lines: [], error: new RecoveryError('not-found', 'no') }]);
  await expect(follow(refused.emm).next()).rejects.toMatchObject({ code: 'not-found' });
  expect(refused.opened()).toBe(1);
});
