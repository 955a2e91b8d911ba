import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterEach, expect, test } from 'vitest';
import { startScriptedTenant, tenantHandlers, type RunningTenant } from '../../src/testing/index.ts';
import { allScopes, createTenantWorld, readReply, type ReadReply, type TenantWorld } from './tenant-client.ts';

let running: RunningTenant | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function serve(): Promise<{ readonly world: TenantWorld; readonly send: (method: string, path: string, body?: unknown) => Promise<ReadReply> }> {
  const world = createTenantWorld();
  running = await startScriptedTenant(world.tenant);
  const { url } = running;
  const token = world.token();
  return {
    world,
    send: async (method, path, body) => readReply(await fetch(path.startsWith('http') ? path : `${url}${path}`, {
      method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })),
  };
}

test('Graph over real HTTP: links to further pages lead back to the server', async () => {
  const { world, send } = await serve();
  world.tenant.addDevices(3);
  const first = await send('GET', '/v1.0/deviceManagement/managedDevices?$top=2');
  const link = first.body['@odata.nextLink'] ?? '';
  expect(link.startsWith(`${running?.url}/v1.0/`)).toBe(true);
  expect((await send('GET', link)).body.value).toHaveLength(1);
  const { id = '' } = first.body.value?.[0] ?? {};
  expect((await send('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { keepUserData: false })).status).toBe(204);
  expect(world.tenant.requests.at(-1)).toMatchObject({ operation: 'wipe', bodyText: '{"keepUserData":false}', status: 204 });
});

test.each([
  ['cut-before-effect', 0],
  ['cut-after-effect', 1],
] as const)('%s: the socket breaks, with %i effects', async (kind, effects) => {
  const { world, send } = await serve();
  const { id } = world.tenant.addDevice();
  world.tenant.inject({ kind, operation: 'rebootNow', times: 1 });
  const outcome = await send('POST', `/v1.0/deviceManagement/managedDevices/${id}/rebootNow`).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(TypeError);
  expect((outcome as TypeError).cause).toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
  expect(world.tenant.device(id)?.deviceActionResults).toHaveLength(effects);
  expect((await send('GET', '/v1.0/deviceManagement/managedDevices')).status).toBe(200);
});

test('another language scripts the tenant over HTTP', async () => {
  const { send } = await serve();
  const command = async (name: string, parameters?: unknown): Promise<unknown> => {
    const { status, text } = await send('POST', `/_script/${name}`, parameters);
    expect(status, text).toBe(200);
    return (JSON.parse(text) as { readonly result: unknown }).result;
  };
  const [device] = (await command('addDevices', { count: 2, fields: { osVersion: '10.0.26200.1' } })) as readonly { readonly id: string }[];
  const deviceId = device?.id ?? '';
  const { token } = (await command('issueToken', { scopes: allScopes })) as { readonly token: string };
  await command('behave', { deviceId, behaviour: { byAction: { wipe: { outcome: 'failed' } }, pickUpAfterMs: 1_000 } });
  await command('inject', { kind: 'throttle', operation: 'wipe', times: 1 });
  const wipe = async (): Promise<number> => (await fetch(`${running?.url}/v1.0/deviceManagement/managedDevices/${deviceId}/wipe`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{}' })).status;
  expect([await wipe(), await wipe()]).toEqual([429, 204]);
  await command('advance', { ms: 3_600_000 });
  expect(await command('devices')).toMatchObject([{ id: deviceId, managementState: 'wipeFailed', osVersion: '10.0.26200.1' }, {}]);
  expect(await command('violations')).toEqual([]);
});

test.each([
  ['no such command', '/_script/explode', {}, 404],
  ['a field that devices do not have', '/_script/addDevices', { fields: { winreState: 'in' } }, 400],
  ['a device that is not there', '/_script/behave', { deviceId: 'none', behaviour: {} }, 400],
])('the control API refuses %s', async (_, path, body, status) => {
  const { send } = await serve();
  const reply = await send('POST', path, body);
  expect([reply.status, typeof reply.body.error]).toEqual([status, 'string']);
});

test('msw: what asks Microsoft Graph is answered by the tenant, and a cut is a network error', async () => {
  const { tenant, token } = createTenantWorld();
  tenant.addDevice();
  const server = setupServer(...tenantHandlers(tenant, http));
  server.listen({ onUnhandledFrame: 'error' });
  try {
    const list = (): Promise<Response> => fetch('https://graph.microsoft.com/v1.0/deviceManagement/managedDevices', { headers: { authorization: `Bearer ${token()}` } });
    expect((await readReply(await list())).body.value).toHaveLength(1);
    tenant.inject({ kind: 'cut-before-effect', times: 1 });
    await expect(list()).rejects.toThrow(TypeError);
  } finally {
    server.close();
  }
});

test('a credential in the form of @azure/identity', async () => {
  const { tenant, clock } = createTenantWorld();
  const { token, expiresOnTimestamp } = await tenant.credential({ scopes: ['DeviceManagementManagedDevices.Read.All'] }).getToken('https://graph.microsoft.com/.default');
  expect(expiresOnTimestamp).toBe(clock.now() + 3_600_000);
  const list = await tenant.answer(new Request('https://graph.microsoft.com/v1.0/deviceManagement/managedDevices', { headers: { authorization: `Bearer ${token}` } }));
  expect(list.status).toBe(200);
});
