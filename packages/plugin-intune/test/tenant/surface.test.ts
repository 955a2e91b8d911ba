import { expect, test } from 'vitest';
import { graphHandlers } from '../../src/testing/answer/graph-handlers.ts';
import { graphSurface } from '../../src/testing/index.ts';
import { createTenantWorld } from './tenant-client.ts';

const addressOf = (path: string): string => path.replaceAll(/\{\w+\}/g, 'some-id');
const rows = graphSurface.flatMap((row) => row.versions.map((version) => ({ ...row, version, name: `${row.method} /${version}${row.path}` })));

test('every operation of the surface has one handler, and every handler an operation', () => {
  expect(new Set(graphSurface.map(({ operation }) => operation))).toEqual(new Set(Object.keys(graphHandlers)));
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test('every row says where it is from', () => {
  for (const { operation, source } of graphSurface) expect(source, operation).toMatch(/^https:\/\/learn\.microsoft\.com\/en-us\//);
});

test.each(rows)('$name is refused without the permission, and no further', async ({ method, version, path, body }) => {
  const { call, token, tenant } = createTenantWorld();
  const { status, body: reply } = await call(method, `/${version}${addressOf(path)}`, { token: token({ scopes: ['User.Read'] }), ...(body ? { body: {} } : {}) });
  expect([status, reply.error?.code]).toEqual([403, 'Authorization_RequestDenied']);
  expect(tenant.violations).toEqual([]);
});

test('a run on demand needs the permission for scripts and the one for actions', async () => {
  const { call, token, tenant } = createTenantWorld();
  const scopes = ['DeviceManagementConfiguration.Read.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'];
  const run = async (held: readonly string[]): Promise<number> => (await call('POST', `/beta/deviceManagement/managedDevices/${tenant.addDevice().id}/initiateOnDemandProactiveRemediation`, { body: { scriptPolicyId: 'none' }, token: token({ scopes: held }) })).status;
  expect([await run(scopes.slice(0, 1)), await run(scopes.slice(1)), await run(scopes)]).toEqual([403, 403, 404]);
});

test.each(rows.filter(({ body }) => body))('$name refuses a field that the page does not have', async ({ method, version, path }) => {
  const { call, tenant } = createTenantWorld();
  const { status } = await call(method, `/${version}${addressOf(path)}`, { body: { notAField: 1 } });
  expect(status).toBe(400);
  expect(tenant.violations).toMatchObject([{ rule: 'body' }]);
});

const isStable = (operation: string): boolean => graphSurface.some((row) => row.operation === operation && row.versions.includes('v1.0'));

test.each(rows.filter(({ operation }) => !isStable(operation)))('$name is not in v1.0', async ({ method, path }) => {
  const { call, tenant } = createTenantWorld();
  const { status, body } = await call(method, `/v1.0${addressOf(path)}`);
  expect([status, body.error?.code]).toEqual([400, 'BadRequest']);
  expect(body.error?.message).toContain('Resource not found for the segment');
  expect(tenant.violations).toMatchObject([{ rule: 'wrong-version' }]);
});

test.each([
  ['unknown-path', 'GET', '/beta/deviceManagement/managedDevices/some-id/restorePoints', 400],
  ['unknown-path', 'POST', '/beta/deviceManagement/managedDevices/some-id/rebuild', 400],
  ['unknown-path', 'GET', '/v2.0/deviceManagement/managedDevices', 400],
  ['unknown-path', 'GET', '/v1.0/deviceManagement/%zz', 400],
  ['wrong-method', 'PATCH', '/v1.0/deviceManagement/auditEvents', 405],
  ['query', 'GET', '/v1.0/deviceManagement/managedDevices?$orderby=deviceName', 400],
  ['query', 'GET', '/v1.0/deviceManagement/managedDevices?$select=managementState', 400],
  ['query', 'GET', "/v1.0/deviceManagement/managedDevices?$filter=model eq 'x'", 400],
  ['query', 'GET', '/v1.0/deviceManagement/managedDevices?$filter=deviceName is nice', 400],
  ['query', 'GET', '/v1.0/deviceManagement/managedDevices?$skiptoken=made-up', 400],
  ['query', 'GET', '/v1.0/deviceManagement/managedDevices?$top=0', 400],
  ['body', 'POST', '/v1.0/deviceManagement/managedDevices/some-id/rebootNow', 400],
])('%s: %s %s is refused and recorded', async (rule, method, target, status) => {
  const { call, tenant } = createTenantWorld();
  const reply = await call(method, target, method === 'POST' ? { body: '{' } : {});
  expect(reply.status).toBe(status);
  expect(tenant.violations.map((violation) => violation.rule)).toEqual([rule]);
});

test('useProtectedWipe is a field of beta only', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  const body = { useProtectedWipe: true };
  expect((await call('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { body })).status).toBe(400);
  expect((await call('POST', `/beta/deviceManagement/managedDevices/${id}/wipe`, { body })).status).toBe(204);
});

test('v1.0 leaves out what only beta has', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  expect((await call('GET', `/v1.0/deviceManagement/managedDevices/${id}`)).body).not.toHaveProperty('managementState');
  expect((await call('GET', `/beta/deviceManagement/managedDevices/${id}`)).body).toMatchObject({ managementState: 'managed' });
});

test('a refusal carries the ids that support asks for', async () => {
  const { call } = createTenantWorld();
  const { body, headers } = await call('GET', '/v1.0/deviceManagement/managedDevices/none', { headers: { 'client-request-id': 'mine' } });
  expect(body.error).toMatchObject({ code: 'ResourceNotFound', innerError: { 'request-id': headers.get('request-id'), 'client-request-id': 'mine' } });
});

test('the same seed and the same calls give the same replies', async () => {
  const run = async (): Promise<string[]> => {
    const { call, tenant } = createTenantWorld({ seed: 42 });
    const { id } = tenant.addDevice();
    await call('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { body: {} });
    tenant.advance(7_200_000);
    return [(await call('GET', '/beta/deviceManagement/managedDevices')).text, (await call('GET', '/v1.0/deviceManagement/auditEvents')).text];
  };
  expect(await run()).toEqual(await run());
});
