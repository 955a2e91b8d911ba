import { createCanarySecrets } from '@winre-kit/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { graphPath } from '../src/plugin/graph/graph-path.ts';
import type { GraphRead, GraphWrite } from '../src/plugin/graph/graph-request.ts';
import { call, collect, createGraphWorld, json, startGraphServer } from './graph-world.ts';

const item = z.object({ id: z.string() });
const read: GraphRead<typeof item> = { version: 'v1.0', path: '/deviceManagement/managedDevices/1', doing: 'reading a device', scopes: ['DeviceManagementManagedDevices.Read.All'], reply: item };
const noReply = z.null();
const wipe: GraphWrite<typeof noReply> = {
  version: 'v1.0', path: graphPath`/deviceManagement/managedDevices/${'1'}/wipe`, method: 'POST', bodyText: '{"keepUserData":false}', doing: 'wiping a device',
  scopes: ['DeviceManagementManagedDevices.PrivilegedOperations.All'], reply: noReply, justification: 'lost',
};

test('what goes out: token, ids, justification and the body as it stands', async () => {
  let seen: Record<string, unknown> = {};
  await using server = await startGraphServer((request, response, body) => {
    seen = { method: request.method, url: request.url, body, headers: request.headers };
    response.writeHead(204).end();
  });
  using world = createGraphWorld({ graphOrigin: server.origin }).client;
  expect(await world.send(wipe, call)).toEqual({ state: 'taken', reply: null });
  expect(seen).toMatchObject({
    method: 'POST', url: '/v1.0/deviceManagement/managedDevices/1/wipe', body: wipe.bodyText,
    headers: { authorization: 'Bearer token-value-1', 'client-request-id': 'graph-request-1', 'x-correlation-id': 'correlation-1', 'content-type': 'application/json', 'x-msft-approval-justification': btoa('lost') },
  });
});

test('our own request id is a GUID, since Graph takes no other, and is told when nobody answered', async () => {
  const guid = '0f8e1c5a-1111-4222-8333-444455556666';
  const seen: unknown[] = [];
  await using server = await startGraphServer((request) => {
    seen.push(request.headers['client-request-id']);
    request.socket.destroy();
  });
  const { client } = createGraphWorld({ graphOrigin: server.origin, ids: { next: (kind) => `${kind}-${guid}` } });
  await expect(client.send(wipe, call)).rejects.toMatchObject({ facts: { clientRequestId: guid } });
  expect(seen).toEqual([guid]);
});

test('pages are followed over real links; the client asks for unknown words as they are', async () => {
  const prefers: unknown[] = [];
  await using server = await startGraphServer((request, response, _body, origin) => {
    prefers.push(request.headers['prefer']);
    const page = Number(new URL(request.url ?? '', origin).searchParams.get('$skiptoken') ?? 0);
    json(response, 200, { value: [{ id: `${page}a` }, { id: `${page}b` }], ...(page < 3 ? { '@odata.nextLink': `${origin}/v1.0/deviceManagement/managedDevices?$top=2&$skiptoken=${page + 1}` } : {}) });
  });
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  const found = await collect(client.list({ ...read, path: '/deviceManagement/managedDevices', query: { $top: '2' }, item }, call));
  expect(found.map(({ id }) => id)).toEqual(['0a', '0b', '1a', '1b', '2a', '2b', '3a', '3b']);
  expect(new Set(prefers)).toEqual(new Set(['include-unknown-enum-members']));
});

test.each([
  ['another host', () => 'http://127.0.0.1:1/v1.0/x', 'not below'], ['another version', (origin: string) => `${origin}/beta/x`, 'not below'],
  ['itself', (origin: string) => `${origin}/v1.0/again`, 'twice'],
])('a next page at %s is refused, and the token goes nowhere else', async (_name, link, words) => {
  await using server = await startGraphServer((_request, response, _body, origin) => json(response, 200, { value: [{ id: 'a' }], '@odata.nextLink': link(origin) }));
  const { client, host } = createGraphWorld({ graphOrigin: server.origin });
  await expect(collect(client.list({ ...read, item }, call))).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(words) as string });
  expect(new Set(host.requests.map(({ url }) => new URL(url).origin))).toEqual(new Set([server.origin]));
});

test('429 is waited out: seconds, a date, and no word at all', async () => {
  const answers: Record<string, string>[] = [{ 'retry-after': '7' }, { 'retry-after': new Date(Date.UTC(2026, 10, 22, 3, 1)).toUTCString() }, {}];
  await using server = await startGraphServer((_request, response) => {
    const headers = answers.shift();
    if (headers) json(response, 429, { error: { code: 'TooManyRequests', message: 'slow' } }, headers);
    else json(response, 200, { id: '1' });
  });
  const { client, clock } = createGraphWorld({ graphOrigin: server.origin });
  expect(await client.read(read, call)).toEqual({ id: '1' });
  expect(server.received()).toBe(4);
  const total = clock.waits.reduce((sum, ms) => sum + ms, 0);
  // 7 s, then until 3:01, then a guess of at least a second.
  expect(total).toBeGreaterThanOrEqual(61_000);
  expect(total).toBeLessThan(70_000);
});

test('a change is sent once whatever happens, and a 429 closes the budget for those that follow', async () => {
  await using server = await startGraphServer((_request, response) => json(response, 429, { error: { code: 'TooManyRequests' } }, { 'retry-after': '9', 'request-id': 'request-9' }));
  const { client, clock } = createGraphWorld({ graphOrigin: server.origin });
  await expect(client.send(wipe, call)).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 9_000, vendor: { status: 429, requestId: 'request-9' }, facts: { outcome: 'refused' } });
  expect([server.received(), clock.waits]).toEqual([1, []]);
  await expect(client.send(wipe, { ...call, deadlineMs: clock.now() + 5_000 })).rejects.toMatchObject({ code: 'resource-exhausted', facts: { outcome: 'not-sent' } });
  expect(server.received()).toBe(1);
});

const inDoubt: Record<string, Parameters<typeof startGraphServer>[0]> = {
  'cut after the request arrived': (request) => void request.socket.destroy(),
  'cut in the middle of the reply': (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"id":', () => request.socket.destroy());
  },
  'a page in HTML': (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in'),
  'an empty 200': (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(),
  'a 502 of something in between': (_request, response) => void response.writeHead(502).end(),
  'a 503 with words of Graph': (_request, response) => json(response, 503, { error: { code: 'ServiceUnavailable', message: 'later' } }),
};

test.each(Object.entries(inDoubt))('%s: a change is in doubt and not repeated, a question is', async (_name, answer) => {
  let broken = true;
  await using server = await startGraphServer((request, response, body, origin) => (broken ? answer(request, response, body, origin) : json(response, 200, { id: '1' })));
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  await expect(client.send(wipe, call)).rejects.toMatchObject({ retry: 'reconcile-first', facts: { outcome: 'unknown', clientRequestId: 'graph-request-1' } });
  expect(server.received()).toBe(1);
  setTimeout(() => (broken = false), 0);
  expect(await client.read(read, call)).toEqual({ id: '1' });
});

test('a token that ran out is renewed once, and both requests count', async () => {
  await using server = await startGraphServer((request, response) => {
    if (request.headers.authorization === 'Bearer new-token-value') json(response, 200, { id: '1' });
    else json(response, 401, { error: { code: 'InvalidAuthenticationToken', message: 'expired' } });
  });
  const { client } = createGraphWorld({ graphOrigin: server.origin, token: { value: 'old-token-value', renewals: ['new-token-value'] } });
  expect(await client.read(read, call)).toEqual({ id: '1' });
  expect(server.received()).toBe(2);
  const refused = createGraphWorld({ graphOrigin: server.origin, token: 'never-good' });
  await expect(refused.client.read(read, call)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(server.received()).toBe(4);
});

test('a refusal names permission and request ids, from the header or from within', async () => {
  const within = '0f8e1c5a-1111-4222-8333-444455556666';
  const headers: Record<string, string>[] = [{ 'request-id': 'from-the-header' }, {}];
  await using server = await startGraphServer((_request, response) => json(response, 403, { error: { code: 'Forbidden', message: 'Application is not authorized', innerError: { 'request-id': within } } }, headers.shift()));
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  for (const requestId of ['from-the-header', within]) {
    await expect(client.send(wipe, call)).rejects.toMatchObject({
      code: 'permission-denied', message: expect.stringContaining('DeviceManagementManagedDevices.PrivilegedOperations.All') as string, vendor: { status: 403, code: 'Forbidden', requestId }, facts: { scopes: wipe.scopes },
    });
  }
});

test('nothing that Graph repeats gets into an error: neither the token nor a body with secrets', async () => {
  const canaries = createCanarySecrets();
  const token = canaries.secret('token');
  const key = canaries.secret('wifi', 'passphrase');
  await using server = await startGraphServer((request, response, body) => json(response, 400, { error: { code: 'BadRequest', message: `no: ${request.method === 'GET' ? request.headers.authorization : body}`, innerError: { 'request-id': token } } }));
  const { client, host } = createGraphWorld({ graphOrigin: server.origin, token });
  const errors = [
    await client.read(read, call).catch((error: unknown) => error),
    await client.send({ ...wipe, bodyText: JSON.stringify({ key }), carriesSecrets: true }, call).catch((error: unknown) => error),
  ];
  expect([errors.length, canaries.findLeaks(errors), canaries.findLeaks(host.logs)]).toEqual([2, [], []]);
});

const trouble = fc.constantFrom('seconds', 'date', 'no word', 'cut', 'half', 'page', 'busy');

test('5,000 devices come once each, whatever the pages run into', async () => {
  const total = 5_000;
  let script: string[] = [];
  await using server = await startGraphServer((request, response, _body, origin) => {
    const now = script.pop() ?? 'good';
    const slow = { error: { code: 'TooManyRequests' } };
    if (now === 'seconds') return json(response, 429, slow, { 'retry-after': '3' });
    if (now === 'date') return json(response, 429, slow, { 'retry-after': new Date(Date.UTC(2026, 10, 22, 3, 0, 30)).toUTCString() });
    if (now === 'no word') return json(response, 429, slow);
    if (now === 'busy') return json(response, 503, { error: { code: 'ServiceUnavailable' } });
    if (now === 'cut') return void request.socket.destroy();
    if (now === 'page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    const from = Number(new URL(request.url ?? '', origin).searchParams.get('$skiptoken') ?? 0);
    // One device moves to the next page while the list is read.
    const value = Array.from({ length: Math.min(251, total - from) }, (_unused, index) => ({ id: String(from + index) }));
    const body = { value, ...(from + 250 < total ? { '@odata.nextLink': `${origin}/v1.0/deviceManagement/managedDevices?$skiptoken=${from + 250}` } : {}) };
    if (now !== 'half') return json(response, 200, body);
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.write(JSON.stringify(body).slice(0, 500), () => request.socket.destroy());
  });
  // Five attempts for each page: no more than four of them may fail.
  const troubles = fc.array(fc.array(trouble, { maxLength: 4 }), { maxLength: 20 }).map((pages) => pages.flatMap((page) => ['good', ...page]));
  await fc.assert(fc.asyncProperty(troubles, async (planned) => {
    script = [...planned];
    const { client } = createGraphWorld({ graphOrigin: server.origin });
    const ids = (await collect(client.list({ ...read, path: '/deviceManagement/managedDevices', item }, call))).map(({ id }) => Number(id));
    expect(ids).toEqual(Array.from({ length: total }, (_unused, index) => index));
  }), { numRuns: 12 });
});
