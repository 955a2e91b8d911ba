import { expect, test } from 'vitest';
import { createTenantWorld, type ReadPart, type TenantWorld } from './tenant-client.ts';

const devices = '/v1.0/deviceManagement/managedDevices';

async function countUntilThrottled({ call }: TenantWorld, method: string, target: string, limit: number): Promise<number> {
  for (let count = 0; count <= limit; count += 1) if ((await call(method, target)).status === 429) return count;
  return Infinity;
}

test('200 writes to devices in 20 seconds are let through, the next has to wait until one leaves the window', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  const sync = `${devices}/${id}/syncDevice`;
  await world.call('POST', sync);
  await world.clock.advance(1_500);
  expect(await countUntilThrottled(world, 'POST', sync, 250)).toBe(199);
  const refused = await world.call('POST', sync);
  expect([refused.status, refused.body.error?.code, refused.headers.get('retry-after')]).toEqual([429, 'TooManyRequests', '19']);
  await world.clock.advance(19_000);
  expect((await world.call('POST', sync)).status).toBe(204);
  expect(await countUntilThrottled(world, 'POST', sync, 5)).toBe(0);
});

test('limits count by application first and by tenant above, and reads apart from writes', async () => {
  const world = createTenantWorld({ limits: { devices: { writesPerApp: 2, writesPerTenant: 3, requestsPerApp: 5, requestsPerTenant: 100 }, settings: { writesPerApp: 1, writesPerTenant: 1, requestsPerApp: 1, requestsPerTenant: 1 } } });
  const { id } = world.tenant.addDevice();
  const sync = async (appId: string): Promise<number> => (await world.call('POST', `${devices}/${id}/syncDevice`, { token: world.token({ appId }) })).status;
  expect([await sync('a'), await sync('a'), await sync('a'), await sync('b'), await sync('b')]).toEqual([204, 204, 429, 204, 429]);
  const read = async (): Promise<number> => (await world.call('GET', devices, { token: world.token({ appId: 'a' }) })).status;
  expect([await read(), await read(), await read(), await read()]).toEqual([200, 200, 200, 429]);
});

test('the settings catalog has a limit of its own', async () => {
  const world = createTenantWorld();
  expect(await countUntilThrottled(world, 'DELETE', '/beta/deviceManagement/configurationPolicies/none', 120)).toBe(100);
  expect((await world.call('GET', devices)).status).toBe(200);
});

test.each([
  ['seconds', '7'],
  ['date', 'Sun, 22 Nov 2026 03:00:07 GMT'],
  ['none', null],
] as const)('throttling in the form %s', async (form, retryAfter) => {
  const { call, tenant } = createTenantWorld({ retryAfterForm: form });
  tenant.inject({ kind: 'throttle', retryAfterSeconds: 7, times: 1 });
  const refused = await call('GET', devices);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, retryAfter]);
  expect((await call('GET', devices)).status).toBe(200);
});

test('a fault meets the operation and the object it names, after what it skips, as often as it says', async () => {
  const { call, tenant } = createTenantWorld();
  const [one, two] = tenant.addDevices(2).map(({ id }) => id);
  tenant.inject({ kind: 'server-error', status: 503, operation: 'getManagedDevice', ...(one === undefined ? {} : { objectId: one }), skip: 1, times: 2 });
  const get = async (target: string): Promise<number> => (await call('GET', target)).status;
  expect([await get(`${devices}/${two}`), await get(devices), await get(`${devices}/${one}`), await get(`${devices}/${one}`), await get(`${devices}/${one}`), await get(`${devices}/${one}`)]).toEqual([200, 200, 200, 503, 503, 200]);
});

test('a gateway answers with a page of HTML, even with 200, and nothing was done', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  tenant.inject({ kind: 'html-page', status: 200, times: 1 });
  const reply = await call('POST', `${devices}/${id}/rebootNow`);
  expect([reply.status, reply.headers.get('content-type'), reply.text.startsWith('<!DOCTYPE html>')]).toEqual([200, 'text/html', true]);
  expect(tenant.device(id)?.deviceActionResults).toEqual([]);
});

test('a reply is cut before or after the effect; an empty one comes after it', async () => {
  const { tenant, token } = createTenantWorld();
  const { id } = tenant.addDevice();
  const reboot = (): Promise<Response> => tenant.answer(new Request(`https://graph.microsoft.com${devices}/${id}/rebootNow`, { method: 'POST', headers: { authorization: `Bearer ${token()}` } }));
  tenant.inject({ kind: 'cut-before-effect', times: 1 });
  expect([(await reboot()).type, tenant.device(id)?.deviceActionResults.length]).toEqual(['error', 0]);
  tenant.inject({ kind: 'cut-after-effect', times: 1 });
  expect([(await reboot()).type, tenant.device(id)?.deviceActionResults.length]).toEqual(['error', 1]);
  tenant.inject({ kind: 'empty-reply', times: 1 });
  const reply = await reboot();
  expect([reply.status, await reply.text()]).toEqual([200, '']);
});

test('a token ends with its time, is refused early, or is revoked', async () => {
  const { call, tenant, token } = createTenantWorld();
  const short = token({ lifetimeMs: 1_000 });
  const codeWith = async (used?: string): Promise<readonly unknown[]> => {
    const { status, body } = await call('GET', devices, used === undefined ? {} : { token: used });
    return [status, body.error?.code];
  };
  expect(await codeWith(short)).toEqual([200, undefined]);
  tenant.inject({ kind: 'token-rejected', times: 1 });
  expect(await codeWith(short)).toEqual([401, 'InvalidAuthenticationToken']);
  expect(await codeWith(short)).toEqual([200, undefined]);
  tenant.advance(1_000);
  expect(await codeWith(short)).toEqual([401, 'InvalidAuthenticationToken']);
  expect(await codeWith('made-up')).toEqual([401, 'InvalidAuthenticationToken']);
  tenant.revokeTokens();
  expect(await codeWith()).toEqual([401, 'InvalidAuthenticationToken']);
});

test('fields of beta can be missing', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  tenant.inject({ kind: 'missing-fields', fields: ['managementState', 'autopilotEnrolled'] });
  const { body } = await call('GET', `/beta/deviceManagement/managedDevices/${id}`);
  expect(Object.keys(body)).not.toContain('managementState');
  tenant.clearFaults();
  expect((await call('GET', `/beta/deviceManagement/managedDevices/${id}`)).body).toHaveProperty('managementState');
});

test('what was just created is not there for some reads', async () => {
  const { call } = createTenantWorld({ hiddenForReads: 2 });
  const root = '/v1.0/deviceManagement/deviceConfigurations';
  const { id } = (await call('POST', root, { body: { '@odata.type': '#microsoft.graph.windows10CustomConfiguration', displayName: 'x', omaSettings: [] } })).body;
  expect([(await call('GET', `${root}/${id}`)).status, (await call('GET', root)).body.value, (await call('GET', `${root}/${id}`)).status]).toEqual([404, [], 200]);
});

test('a batch has parts that fail while it succeeds, in any order; faults meet single parts', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  tenant.inject({ kind: 'throttle', isBatchPart: true, retryAfterSeconds: 3, skip: 1, times: 1 });
  const requests = [
    { id: 'a', method: 'GET', url: `/deviceManagement/managedDevices/${id}` },
    { id: 'b', method: 'GET', url: '/deviceManagement/managedDevices' },
    { id: 'c', method: 'GET', url: '/deviceManagement/managedDevices/none' },
    { id: 'd', method: 'POST', url: `/deviceManagement/managedDevices/${id}/wipe`, headers: { 'content-type': 'application/json' }, body: {}, dependsOn: ['c'] },
  ];
  const { status, body } = await call('POST', '/v1.0/$batch', { body: { requests } });
  const parts = (body['responses'] as readonly ReadPart[]).toSorted((a, b) => a.id.localeCompare(b.id));
  expect(status).toBe(200);
  expect(parts.map((part) => [part.id, part.status])).toEqual([['a', 200], ['b', 429], ['c', 404], ['d', 424]]);
  expect([parts[0]?.body?.id, parts[1]?.headers['retry-after']]).toEqual([id, '3']);
  expect(tenant.device(id)?.managementState).toBe('managed');
});

test.each([
  ['21 requests', Array.from({ length: 21 }, (_, index) => ({ id: String(index), method: 'GET', url: '/deviceManagement/managedDevices' }))],
  ['two with one id', [{ id: '1', method: 'GET', url: '/a' }, { id: '1', method: 'GET', url: '/b' }]],
  ['an absolute address', [{ id: '1', method: 'GET', url: 'https://graph.microsoft.com/v1.0/deviceManagement/managedDevices' }]],
])('a batch with %s is malformed', async (_, requests) => {
  const { call, tenant } = createTenantWorld();
  expect((await call('POST', '/v1.0/$batch', { body: { requests } })).status).toBe(400);
  expect(tenant.violations).toMatchObject([{ rule: 'batch' }]);
});
