import { inspect } from 'node:util';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createMockHost } from './mock-host.ts';

test('secrets are lent, expire, renew to the next value and are counted', async () => {
  const host = createMockHost({ secrets: { token: { value: 'one', lifetimeMs: 1_000, renewals: ['two', 'three'] } } });
  const lease = await host.services.secrets.resolve({ secret: 'token' });
  expect([lease.value.reveal(), lease.expiresAt, inspect(lease.value)]).toEqual(['one', '2026-11-22T03:00:01.000Z', '«secret»']);
  const renewed = await lease.renew();
  expect(renewed.value.reveal()).toBe('two');
  expect((await (await renewed.renew()).renew()).value.reveal()).toBe('three');
  lease[Symbol.dispose]();
  lease[Symbol.dispose]();
  expect(() => lease.value).toThrow('disposed');
  expect(host.secrets.openLeases).toBe(3);
  expect(host.secrets.uses.map((use) => use.kind)).toEqual(['resolve', 'renew', 'renew', 'renew', 'dispose']);
});

test('unknown secrets and those outside the manifest are refused', async () => {
  const host = createMockHost({ secrets: { token: 'x', other: 'y' }, manifest: { outboundHosts: [], secrets: ['token', 'gone'] } });
  await expect(host.services.secrets.resolve({ secret: 'other' })).rejects.toMatchObject({ code: 'permission-denied' });
  await expect(host.services.secrets.resolve({ secret: 'gone' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(host.services.secrets.resolve({ secret: 'toString' })).rejects.toMatchObject({ code: 'permission-denied' });
});

test('storage keeps copies, refuses large values and shows its entries', async () => {
  const host = createMockHost({ storage: { kept: [1] } });
  const value = { list: ['a'] };
  await host.services.storage.set('key', value);
  value.list.push('b');
  expect(await host.services.storage.get('key')).toEqual({ list: ['a'] });
  await expect(host.services.storage.set('big', 'x'.repeat(65_536))).rejects.toMatchObject({ code: 'invalid-argument' });
  await host.services.storage.delete('key');
  expect(host.storage.entries).toEqual({ kept: [1] });
});

test('requests are recorded with their answer, hosts outside the manifest are refused', async () => {
  const host = createMockHost({ fetch: () => Promise.resolve(new Response('{}', { status: 201 })), manifest: { outboundHosts: ['emm.example:8443', 'any-port.example'], secrets: [] } });
  await host.services.http.fetch('https://emm.example:8443/a', { method: 'POST', headers: { 'X-One': '1' }, body: 'text' });
  await host.services.http.fetch('https://any-port.example:99/');
  await expect(host.services.http.fetch('https://emm.example/a')).rejects.toMatchObject({ code: 'permission-denied' });
  expect(host.requests).toMatchObject([{ method: 'POST', url: 'https://emm.example:8443/a', headers: { 'x-one': '1' }, body: 'text', status: 201 }, { method: 'GET' }]);
});

test('logs, notes and limiter takes are recorded; overrides win; close aborts', async () => {
  const host = createMockHost({ hostCapabilities: ['agent-network-kinds'], overrides: { ids: { next: () => 'fixed' } } });
  host.services.logger.log('warn', 'careful', { count: 1 });
  await host.services.audit.note('seen', { device: 'd-1' });
  await host.services.limiter.take('winre.devices', 2, { signal: host.services.signal });
  host.close();
  await expect(host.services.limiter.take('winre.devices', 2, { signal: host.services.signal })).rejects.toMatchObject({ code: 'cancelled' });
  expect(host.logs).toEqual([{ level: 'warn', message: 'careful', fields: { count: 1 } }]);
  expect(host.auditNotes).toEqual([{ message: 'seen', facts: { device: 'd-1' } }]);
  expect(host.limiterTakes).toEqual([{ capability: 'winre.devices', cost: 2 }]);
  expect([host.services.ids.next('x'), host.services.hostCapabilities.has('agent-network-kinds')]).toEqual(['fixed', true]);
});

test('without a fetch of its own the request really goes out, and an abort cuts it with its reason', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/hang') return;
    response.writeHead(202, { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'text/plain' });
    request.pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { http } = createMockHost().services;
  const response = await http.fetch(`${url}/echo`, { method: 'POST', body: 'grüße' });
  expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([202, 'grüße', ['a=1', 'b=2']]);
  const abort = new AbortController();
  const hanging = http.fetch(`${url}/hang`, { signal: abort.signal });
  const reason = new Error('enough');
  setImmediate(() => abort.abort(reason));
  await expect(hanging).rejects.toBe(reason);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await expect(http.fetch(`${url}/gone`)).rejects.toThrow(TypeError);
});
