import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readEventStream } from './read-event-stream.ts';

const schema = z.strictObject({ text: z.string() });
const { signal } = new AbortController();
function streamOf(chunks: readonly Uint8Array[], end: 'close' | 'break' | 'hang' = 'close'): { body: ReadableStream<Uint8Array>; cancelled: () => boolean } {
  let cancelled = false;
  const queue = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = queue.shift();
      if (chunk) controller.enqueue(chunk);
      else if (end === 'close') controller.close();
      else if (end === 'break') controller.error(new TypeError('terminated'));
      else return new Promise(() => undefined);
      return undefined;
    },
    cancel: () => void (cancelled = true),
  }, { highWaterMark: 0 });
  return { body, cancelled: () => cancelled };
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
async function textsOf(body: ReadableStream<Uint8Array>, more: { maxLineBytes?: number; signal?: AbortSignal } = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of readEventStream({ body, schema, signal, ...more })) texts.push(text);
  return texts;
}

test('any text cut into any chunks comes out whole', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 10 }), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 }), async (texts, sizes) => {
    const whole = bytes(texts.map((text) => `${JSON.stringify({ text })}\r\n\n`).join(''));
    const chunks: Uint8Array[] = [];
    for (let start = 0, turn = 0; start < whole.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      chunks.push(whole.subarray(start, start + size));
      start += size;
    }
    expect(await textsOf(streamOf(chunks).body)).toEqual(texts.map((text) => text.toWellFormed()));
  }), { numRuns: 100 });
});

test('a buffer that the producer uses again does no harm', async () => {
  const buffer = bytes('{"text":"a"');
  let turn = 0;
  const body = new ReadableStream<Uint8Array>({ pull(controller) {
    turn += 1;
    if (turn === 2) buffer.fill(0x20).set(bytes('}         \n'));
    if (turn > 2) controller.close();
    else controller.enqueue(buffer);
  } }, { highWaterMark: 0 });
  expect(await textsOf(body)).toEqual(['a']);
});

test('a line over the limit is refused before it is complete, and one of the limit is not', async () => {
  const line = '{"text":"123456"}';
  expect(await textsOf(streamOf([bytes(`${line}\n`)]).body, { maxLineBytes: line.length })).toEqual(['123456']);
  await expect(textsOf(streamOf([bytes(`${line}\n`)]).body, { maxLineBytes: line.length - 1 })).rejects.toMatchObject({ code: 'internal' });
  const endless = streamOf([bytes('{"text":"'), bytes('x'.repeat(100))], 'hang');
  await expect(textsOf(endless.body, { maxLineBytes: 50 })).rejects.toMatchObject({ code: 'internal' });
  expect(endless.cancelled()).toBe(true);
});

test.each([
  ['ends inside a line', [bytes('{"text":"a"}\n{"te')], 'close', 'unavailable'],
  ['breaks', [bytes('{"text":"a"}\n')], 'break', 'unavailable'],
  ['holds a line that is not JSON', [bytes('secret\n')], 'close', 'internal'],
  ['holds a line that is not UTF-8', [new Uint8Array([0x22, 0xff, 0x22, 0x0a])], 'close', 'internal'],
  ['holds a line of another shape', [bytes('{"other":"secret"}\n')], 'close', 'internal'],
] as const)('a stream that %s is an error that quotes nothing', async (_name, chunks, end, code) => {
  const error: unknown = await textsOf(streamOf(chunks, end).body).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toContain('secret');
});

test('leaving or aborting cancels the body; an abort throws its reason', async () => {
  const left = streamOf([bytes('{"text":"a"}\n')], 'hang');
  for await (const event of readEventStream({ body: left.body, schema, signal })) if (event.text === 'a') break;
  expect(left.cancelled()).toBe(true);
  const abort = new AbortController();
  const hanging = streamOf([], 'hang');
  const reading = textsOf(hanging.body, { signal: abort.signal });
  const reason = new Error('enough');
  setImmediate(() => abort.abort(reason));
  await expect(reading).rejects.toBe(reason);
  expect(hanging.cancelled()).toBe(true);
});
