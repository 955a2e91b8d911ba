import { expect, test } from 'vitest';
import { base64, createTenantWorld, type ReadReply, type TenantWorld } from './tenant-client.ts';

const day = 86_400_000;
const why = { 'x-msft-approval-justification': base64('ticket 23423') };
const wipe = ({ call }: TenantWorld, id: string, headers: Readonly<Record<string, string>> = why, body: unknown = {}): Promise<ReadReply> => call('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { body, headers });
const codeOf = ({ headers }: ReadReply): string => headers.get('x-msft-approval-code') ?? '';
const statusOf = async ({ call }: TenantWorld, code: string): Promise<unknown> => (await call('GET', `/beta/deviceManagement/operationApprovalRequests?$filter=requestId eq '${code}'`)).body.value?.[0]?.['status'];

function protectedWorld(settings: Parameters<typeof createTenantWorld>[0] = {}): { readonly world: TenantWorld; readonly id: string } {
  const world = createTenantWorld(settings);
  world.tenant.protect('deviceWipe');
  return { world, id: world.tenant.addDevice().id };
}

test.each([
  ['forbidden-403', 403, 'ApprovalRequired'],
  ['precondition-412', 412, 'BadRequest'],
  ['bad-request-400', 400, 'BadRequest'],
] as const)('%s: a parked write changes nothing, and its code is in the header', async (approvalForm, status, code) => {
  const { world, id } = protectedWorld({ approvalForm });
  const parked = await wipe(world, id);
  expect([parked.status, parked.body.error?.code]).toEqual([status, code]);
  expect(parked.body.error?.message).toContain(codeOf(parked));
  expect(await statusOf(world, codeOf(parked))).toBe('needsApproval');
  world.tenant.advance(day);
  expect(world.tenant.device(id)).toMatchObject({ managementState: 'managed', deviceActionResults: [] });
  expect(world.tenant.violations).toEqual([]);
});

test('after approval the same request with the code is done, once', async () => {
  const { world, id } = protectedWorld();
  const code = codeOf(await wipe(world, id));
  const again = { 'x-msft-approval-code': code };
  expect((await wipe(world, id, again)).status).toBe(403);
  world.tenant.decideApproval(code, 'approved');
  expect(await statusOf(world, code)).toBe('approved');
  expect(world.tenant.device(id)?.managementState).toBe('managed');
  expect((await wipe(world, id, again)).status).toBe(204);
  expect([world.tenant.device(id)?.managementState, await statusOf(world, code)]).toEqual(['wipePending', 'completed']);
  expect((await wipe(world, id, again)).status).toBe(400);
});

test.each([
  ['a field more', (world: TenantWorld, id: string, headers: Readonly<Record<string, string>>) => wipe(world, id, headers, { keepUserData: false })],
  ['a space more', (world: TenantWorld, id: string, headers: Readonly<Record<string, string>>) => wipe(world, id, headers, '{ }')],
  ['another version', (world: TenantWorld, id: string, headers: Readonly<Record<string, string>>) => world.call('POST', `/beta/deviceManagement/managedDevices/${id}/wipe`, { body: {}, headers })],
])('%s is not what was approved', async (_, resend) => {
  const { world, id } = protectedWorld();
  const code = codeOf(await wipe(world, id));
  world.tenant.decideApproval(code, 'approved');
  expect((await resend(world, id, { 'x-msft-approval-code': code })).status).toBe(400);
  expect(world.tenant.device(id)?.managementState).toBe('managed');
  expect(world.tenant.violations).toMatchObject([{ rule: 'changed-resend' }]);
});

test('a second request for the same device is a conflict while one is open', async () => {
  const { world, id } = protectedWorld();
  const code = codeOf(await wipe(world, id));
  expect((await wipe(world, id)).status).toBe(409);
  expect((await wipe(world, world.tenant.addDevice().id)).status).toBe(403);
  world.tenant.decideApproval(code, 'rejected');
  expect((await wipe(world, id, { 'x-msft-approval-code': code })).status).toBe(400);
  expect((await wipe(world, id)).status).toBe(403);
});

test('what nobody completes in three days expires, even when it was approved', async () => {
  const { world, id } = protectedWorld();
  const code = codeOf(await wipe(world, id));
  world.tenant.decideApproval(code, 'approved');
  world.tenant.advance(3 * day - 1);
  expect(await statusOf(world, code)).toBe('approved');
  world.tenant.advance(1);
  expect(await statusOf(world, code)).toBe('expired');
  expect((await wipe(world, id, { 'x-msft-approval-code': code })).status).toBe(400);
});

test('a write without a justification, or with one that is not Base64, is not even parked', async () => {
  const { world, id } = protectedWorld();
  expect([(await wipe(world, id, {})).status, (await wipe(world, id, { 'x-msft-approval-justification': 'ticket!' })).status]).toEqual([400, 400]);
  expect(world.tenant.approvals()).toEqual([]);
  expect(world.tenant.violations).toMatchObject([{ rule: 'header' }]);
});

test('an application cannot approve, nor can who asked; another administrator can', async () => {
  const { world, id } = protectedWorld();
  const alice = world.token({ userPrincipalName: 'alice@contoso.example' });
  const bob = world.token({ userPrincipalName: 'bob@contoso.example' });
  const parked = await world.call('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { body: {}, headers: why, token: alice });
  const approve = async (token?: string): Promise<number> => (await world.call('POST', `/beta/deviceManagement/operationApprovalRequests/${codeOf(parked)}/approve`, { body: { justification: 'yes' }, ...(token === undefined ? {} : { token }) })).status;
  expect([await approve(), await approve(alice), await approve(bob), await approve(bob)]).toEqual([403, 400, 200, 400]);
});

test('an excluded application is not asked, in its own name only', async () => {
  const { world, id } = protectedWorld();
  world.tenant.protect('deviceWipe', { excludedAppIds: ['app-9'] });
  const person = world.token({ appId: 'app-9', userPrincipalName: 'alice@contoso.example' });
  const wipeAs = async (token: string): Promise<number> => (await world.call('POST', `/v1.0/deviceManagement/managedDevices/${id}/wipe`, { body: {}, headers: why, token })).status;
  expect([await wipeAs(person), await wipeAs(world.token({ appId: 'app-9' }))]).toEqual([403, 204]);
});

test('the kinds of protection that came late are only named to those who ask', async () => {
  const { world, id } = protectedWorld();
  world.tenant.protect('script');
  world.tenant.protect('configurationPolicy');
  await wipe(world, id);
  const kinds = async (headers: Readonly<Record<string, string>>): Promise<unknown[]> => [
    ...((await world.call('GET', '/beta/deviceManagement/operationApprovalPolicies', { headers })).body.value ?? []).map((policy) => policy['policyType']),
    (await world.call('GET', '/beta/deviceManagement/operationApprovalRequests', { headers })).body.value?.[0]?.['requiredOperationApprovalPolicyTypes'],
  ];
  expect(await kinds({})).toEqual(['unknownFutureValue', 'script', 'unknownFutureValue', ['unknownFutureValue']]);
  expect(await kinds({ prefer: 'include-unknown-enum-members' })).toEqual(['deviceWipe', 'script', 'unknownFutureValue', ['deviceWipe']]);
});

test('a bulk wipe is protected as a wipe is; other bulk actions are not', async () => {
  const { world, id } = protectedWorld();
  const bulk = async (actionName: string): Promise<number> => (await world.call('POST', '/beta/deviceManagement/managedDevices/executeAction', { body: { actionName, deviceIds: [id] }, headers: why })).status;
  expect([await bulk('wipe'), await bulk('rebootNow')]).toEqual([403, 200]);
});
