import { expect, test } from 'vitest';
import type { DataCategory } from '../../protocol/index.ts';
import { createLogSender, type LogText } from './log-sender.ts';

const { signal } = new AbortController();
const consent = (...categories: DataCategory[]) => () => ({ categories });
const output = (text: string): LogText => ({ stream: 'stdout', category: 'script-output', text, operationKey: 'a' });
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

test('writers wait for room in the window and go on when the gateway has taken something', async () => {
  const logs = createLogSender(consent('script-output'));
  logs.settle({ acknowledgedSequence: 0, windowBytes: 6 });
  await logs.write(output('four'), signal);
  const second = logs.write(output('more'), signal);
  expect(await settled(second)).toBe(false);
  expect(await logs.nextBatch(signal)).toEqual([{ ...output('four'), sequence: 1, bytes: 4, truncated: false }]);
  logs.settle({ acknowledgedSequence: 1, windowBytes: 6 });
  expect(await settled(second)).toBe(true);
  expect(await logs.nextBatch(signal)).toMatchObject([{ sequence: 2, text: 'more' }]);
});

test('a new channel begins with what was not acknowledged, under the same numbers', async () => {
  const logs = createLogSender(consent('script-output'));
  logs.settle({ acknowledgedSequence: 0, windowBytes: 100 });
  await logs.write(output('one'), signal);
  await logs.write(output('two'), signal);
  await logs.nextBatch(signal);
  logs.settle({ acknowledgedSequence: 1, windowBytes: 100 });
  expect(logs.firstBatch()).toMatchObject([{ sequence: 2, text: 'two' }]);
});

test('an agent that was restarted counts on behind what the gateway has', async () => {
  const logs = createLogSender(consent('script-output'));
  expect(logs.firstBatch()).toEqual([]);
  logs.settle({ acknowledgedSequence: 57, windowBytes: 100 });
  await logs.write(output('on'), signal);
  expect(await logs.nextBatch(signal)).toMatchObject([{ sequence: 58 }]);
});

test('what nobody consented to is dropped at once, and so is what the gateway refuses', async () => {
  const logs = createLogSender(consent('script-output'));
  await logs.write({ ...output('trace'), category: 'network-trace' }, signal);
  logs.settle({ acknowledgedSequence: 0, windowBytes: 100, refusedCategories: ['script-output'] });
  await logs.write(output('unwanted'), signal);
  expect(logs.firstBatch()).toEqual([]);
});

test('long text is split between characters', async () => {
  const logs = createLogSender(consent('script-output'));
  logs.settle({ acknowledgedSequence: 0, windowBytes: 1_000_000 });
  const text = `${'x'.repeat(16_383)}ü${'y'.repeat(10)}`;
  await logs.write(output(text), signal);
  const chunks = await logs.nextBatch(signal);
  expect(chunks.map(({ bytes }) => bytes)).toEqual([16_383, 12]);
  expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
});

test("the agent's own lines never wait", () => {
  const logs = createLogSender(consent('agent-log'));
  logs.offer({ stream: 'agent', category: 'agent-log', text: 'no room' });
  logs.settle({ acknowledgedSequence: 0, windowBytes: 100 });
  logs.offer({ stream: 'agent', category: 'agent-log', text: 'room' });
  expect(logs.firstBatch()).toMatchObject([{ text: 'room' }]);
});

test('an abort ends the wait', async () => {
  const abort = new AbortController();
  const waiting = createLogSender(consent('script-output')).write(output('x'), abort.signal);
  abort.abort(new RangeError('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
