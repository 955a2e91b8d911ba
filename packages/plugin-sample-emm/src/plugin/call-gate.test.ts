import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { createCallGate } from './call-gate.ts';

const context = { signal: new AbortController().signal, correlationId: 'c' };

test('drain lets nothing in and waits for running calls', async () => {
  const clock = createManualClock();
  const gate = createCallGate(clock, new AbortController().signal);
  let finish = (): void => undefined;
  const running = gate.call(context, () => new Promise<string>((resolve) => (finish = () => resolve('done'))));
  let drained = false;
  const draining = gate.drain(clock.now() + 1_000).then(() => (drained = true));
  await expect(gate.call(context, () => Promise.resolve(1))).rejects.toMatchObject({ code: 'cancelled' });
  await clock.advance(999);
  expect(drained).toBe(false);
  finish();
  await draining;
  expect([await running, clock.sleepers.length]).toEqual(['done', 0]);
});

test('drain gives up at the deadline, and close ends what is left', async () => {
  const clock = createManualClock();
  const gate = createCallGate(clock, new AbortController().signal);
  const running = gate.call(context, ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))));
  const draining = gate.drain(clock.now() + 1_000);
  await clock.advance(1_000);
  await draining;
  gate.close();
  gate.close();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});

test("the caller's abort passes through unchanged", async () => {
  const gate = createCallGate(createManualClock(), new AbortController().signal);
  const reason = new DOMException('enough', 'AbortError');
  await expect(gate.call({ ...context, signal: AbortSignal.abort(reason) }, () => Promise.resolve(1))).rejects.toBe(reason);
});
