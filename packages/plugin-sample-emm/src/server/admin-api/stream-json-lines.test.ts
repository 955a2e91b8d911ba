import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { ApiTokenStore } from '../store/api-token-store.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import { streamJsonLines } from './stream-json-lines.ts';

const tokens = { isValid: () => true } as unknown as ApiTokenStore;

async function open(source: (signal: AbortSignal) => AsyncIterable<unknown>, closing = new AbortController().signal): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const app = new Hono<AdminEnvironment>().get('/', (context) => {
    context.set('caller', { tokenId: 'token', tenantId: 't', principal: 'p', role: 'viewer' });
    return streamJsonLines(context, { closing, tokens }, source);
  });
  const { body } = await app.request('/');
  if (!body) throw new TypeError('no body');
  return (body as ReadableStream<Uint8Array>).getReader();
}
const readLine = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> => {
  const { value } = await reader.read();
  return value && new TextDecoder().decode(value);
};

test('sends a blank line at once, then one value a line, and asks only as fast as it is read', async () => {
  let asked = 0;
  const reader = await open(async function* () {
    for (;;) yield await Promise.resolve({ asked: (asked += 1) });
  });
  expect([await readLine(reader), await readLine(reader)]).toEqual(['\n', '{"asked":1}\n']);
  await new Promise((resolve) => void setImmediate(resolve));
  expect(asked).toBeLessThanOrEqual(3);
  await reader.cancel();
});

test('a caller who leaves, and a server that stops, end the source', async () => {
  const ended: string[] = [];
  const source = (name: string) => async function* (signal: AbortSignal): AsyncGenerator {
    yield {};
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    ended.push(name);
  };
  const leaving = await open(source('left'));
  await readLine(leaving);
  await readLine(leaving);
  await leaving.cancel();
  const closing = new AbortController();
  const stopped = await open(source('stopped'), closing.signal);
  await readLine(stopped);
  await readLine(stopped);
  closing.abort();
  expect(await readLine(stopped)).toBeUndefined();
  expect(ended).toEqual(['left', 'stopped']);
});

test('a source that fails just ends the stream: the reader resumes', async () => {
  const reader = await open(async function* () {
    yield await Promise.resolve(1);
    throw new TypeError('broken inside');
  });
  expect([await readLine(reader), await readLine(reader), await readLine(reader)]).toEqual(['\n', '1\n', undefined]);
});
