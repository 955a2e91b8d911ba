import { once } from 'node:events';
import { createServer, request as httpRequest, Agent, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpFaultProxy, type TcpFaultProxy } from './tcp-fault-proxy.ts';

let server: Server;
let proxy: TcpFaultProxy;
let received: string[];

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(`${request.method} ${request.url} ${body.length}`);
      response.end(`got ${body.length}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpFaultProxy({ upstreamPort: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  await proxy.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function send(path: string, body: string, agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port: proxy.port, host: '127.0.0.1', path, method: 'POST', agent, headers: { 'content-length': body.length } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('end', () => resolve(text));
      response.once('error', reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

test('without a fault everything passes', async () => {
  expect(await send('/a', 'x'.repeat(300_000))).toBe('got 300000');
  expect(proxy.log[0]).toMatchObject({ connection: 1, what: 'opened' });
});

test('a refused connection carries nothing; the next one works', async () => {
  const struck = proxy.arm({ kind: 'refuse' });
  await expect(send('/a', 'x')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await struck).toEqual({ connection: 1, what: 'refused', clientBytes: 0, serverBytes: 0 });
  expect(await send('/b', 'x')).toBe('got 1');
  expect(received).toEqual(['POST /b 1']);
});

test('a cut request does not become whole', async () => {
  const struck = proxy.arm({ kind: 'cut-request', afterBytes: 200 });
  await expect(send('/a', 'x'.repeat(1_000))).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string });
  expect(await struck).toMatchObject({ what: 'request-cut', clientBytes: 200, serverBytes: 0 });
  expect(await send('/b', '')).toBe('got 0');
  expect(received).toEqual(['POST /b 0']);
});

test('a cut reply leaves the work done, once, and the client without an answer', async () => {
  const struck = proxy.arm({ kind: 'cut-reply' });
  await expect(send('/a', 'x')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await struck).toMatchObject({ what: 'reply-cut' });
  expect(received).toEqual(['POST /a 1']);
});

test('what is sent first on a connection can be left out', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const struck = proxy.arm({ kind: 'cut-reply', requestBytes: 2_000, afterHandshake: true });
  expect(await send('/first', 'x'.repeat(5_000), agent)).toBe('got 5000');
  await expect(send('/second', 'x'.repeat(5_000), agent)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await struck).toMatchObject({ connection: 1, what: 'reply-cut' });
  agent.destroy();
});

test('a reply is held back until something else has happened, then cut', async () => {
  const holding = Promise.withResolvers<void>();
  const happened = Promise.withResolvers<void>();
  const struck = proxy.arm({
    kind: 'cut-reply',
    requestBytes: 2_000,
    holdUntil() {
      holding.resolve();
      return happened.promise;
    },
  });
  const held = send('/held', 'x'.repeat(5_000));
  await holding.promise;
  expect(await send('/meanwhile', 'x'.repeat(5_000))).toBe('got 5000');
  expect(proxy.log.map(({ what }) => what)).not.toContain('reply-cut');
  happened.resolve();
  await expect(held).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await struck).toMatchObject({ what: 'reply-cut' });
});

test('small requests are let through, also on a connection that is kept', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await send('/before', 'x', agent)).toBe('got 1');
  const struck = proxy.arm({ kind: 'cut-reply', requestBytes: 2_000 });
  expect(await send('/small', 'x', agent)).toBe('got 1');
  await expect(send('/large', 'x'.repeat(5_000), agent)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await struck).toMatchObject({ connection: 1, what: 'reply-cut' });
  agent.destroy();
  expect(received.at(-1)).toBe('POST /large 5000');
});
