import { Agent, request as httpsRequest } from 'node:https';
import { createFetchWithTrust, createMockHost, startTcpFaultProxy } from '@winre-kit/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoopbackServer, type LoopbackServer } from './loopback-server.ts';

let loopback: LoopbackServer;
let other: LoopbackServer;
let url: string;
const done: string[] = [];
beforeAll(async () => {
  loopback = await startLoopbackServer((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
      return;
    }
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' });
    if (request.url === '/empty') response.writeHead(204);
    request.resume().once('end', () => {
      done.push(request.url ?? '');
      response.end(request.url === '/empty' ? undefined : 'hello');
    });
  });
  other = await startLoopbackServer((_request, response) => void response.end());
  url = `https://127.0.0.1:${loopback.port}`;
});
afterAll(async () => {
  await loopback[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('a server whose authority is trusted is reached, also through the mock host', async () => {
  expect(await (await createFetchWithTrust(loopback.authorityPem)(url)).text()).toBe('hello');
  expect((await createMockHost({ trustedCertificatesPem: loopback.authorityPem }).services.http.fetch(url)).status).toBe(200);
});

test('with the authorities of Node, or another one, nothing is sent', async () => {
  for (const authorityPem of [undefined, other.authorityPem]) {
    await expect(createFetchWithTrust(authorityPem)(`${url}/never`)).rejects.toMatchObject({ name: 'TypeError', cause: { code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) as string } });
  }
  expect(done).not.toContain('/never');
});

test('redirects are not followed, 204 has no body, a cut reply breaks while it is read', async () => {
  const send = createFetchWithTrust(loopback.authorityPem);
  expect((await send(`${url}/moved`)).headers.get('location')).toBe('/elsewhere');
  expect((await send(`${url}/empty`)).body).toBe(null);
  await expect((await send(`${url}/cut`)).text()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('the TCP proxy lets handshakes and small requests pass and cuts the reply to a large one, which was done once', async () => {
  await using proxy = await startTcpFaultProxy({ upstreamPort: loopback.port });
  for (const agent of [new Agent({ keepAlive: true, ca: loopback.authorityPem }), undefined]) {
    const send = (path: string, body: string): Promise<number> => new Promise((resolve, reject) => {
      const outgoing = httpsRequest({ port: proxy.port, host: '127.0.0.1', path, method: 'POST', ca: loopback.authorityPem, agent: agent ?? false }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0)).once('error', reject);
      });
      outgoing.once('error', reject).end(body);
    });
    done.length = 0;
    const struck = proxy.arm({ kind: 'cut-reply', requestBytes: 8_000 });
    expect(await send('/small', 'x')).toBe(200);
    await expect(send('/large', 'x'.repeat(10_000))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await struck).what).toBe('reply-cut');
    expect(await send('/after', 'x')).toBe(200);
    expect(done).toEqual(['/small', '/large', '/after']);
    agent?.destroy();
  }
});
