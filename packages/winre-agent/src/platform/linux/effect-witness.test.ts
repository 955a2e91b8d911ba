import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { recordAtWitness } from './effect-witness.ts';

const effect = { executionId: 'x1', operationKey: 'key-1', capability: 'winre.restore.trigger' };
const { signal } = new AbortController();

async function witness(status: number): Promise<{ readonly url: string; readonly heard: string[]; readonly close: () => void }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => void heard.push(text)).on('end', () => void response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, heard, close: () => void server.close() };
}

test('one line of JSON per execution', async () => {
  const { url, heard, close } = await witness(200);
  await recordAtWitness(url, effect, { signal });
  expect(heard.map((line) => JSON.parse(line) as unknown)).toEqual([effect]);
  close();
});

test('a witness that refuses or is not there stops the effect', async () => {
  const { url, close } = await witness(500);
  await expect(recordAtWitness(url, effect, { signal })).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('500') });
  close();
  await expect(recordAtWitness('http://127.0.0.1:1/', effect, { signal })).rejects.toMatchObject({ code: 'unavailable' });
});
