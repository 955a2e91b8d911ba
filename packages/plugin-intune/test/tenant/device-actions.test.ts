import { expect, test } from 'vitest';
import { base64, createTenantWorld, type ReadBody, type TenantWorld } from './tenant-client.ts';

const minute = 60_000;
const devices = '/deviceManagement/managedDevices';

const act = async ({ call }: TenantWorld, id: string, action: string, body?: unknown): Promise<number> => (await call('POST', `/beta${devices}/${id}/${action}`, body === undefined ? {} : { body })).status;
const look = async ({ call }: TenantWorld, id: string): Promise<{ readonly state: unknown; readonly results: Readonly<Record<string, unknown>> }> => {
  const { body } = await call('GET', `/beta${devices}/${id}`);
  const results = (body['deviceActionResults'] ?? []) as readonly ReadBody[];
  return { state: body['managementState'], results: Object.fromEntries(results.map(({ actionName, actionState }) => [String(actionName), actionState])) };
};

test('a wipe is accepted at once, fetched later, done later still; then the machine comes back under another id', async () => {
  const world = createTenantWorld();
  const { tenant } = world;
  const before = tenant.addDevice({ serialNumber: 'SN-1' });
  tenant.addAutopilotIdentity({ serialNumber: 'SN-1' });
  expect(await act(world, before.id, 'wipe', {})).toBe(204);
  expect(await look(world, before.id)).toEqual({ state: 'wipePending', results: { factoryReset: 'pending' } });
  tenant.advance(minute);
  expect(await look(world, before.id)).toEqual({ state: 'wipeIssued', results: { factoryReset: 'active' } });
  tenant.advance(2 * minute);
  expect(await look(world, before.id)).toEqual({ state: 'wipeIssued', results: { factoryReset: 'done' } });
  tenant.advance(30 * minute);
  expect((await world.call('GET', `/v1.0${devices}/${before.id}`)).status).toBe(404);
  const [after, ...others] = tenant.devices();
  expect(others).toEqual([]);
  expect(after).toMatchObject({ serialNumber: 'SN-1', managementState: 'managed', deviceActionResults: [] });
  expect([after?.id, after?.azureADDeviceId]).not.toEqual([before.id, before.azureADDeviceId]);
  const { body } = await world.call('GET', '/v1.0/deviceManagement/windowsAutopilotDeviceIdentities');
  expect(body.value).toMatchObject([{ managedDeviceId: after?.id }]);
  const keys = await world.call('GET', '/v1.0/informationProtection/bitlocker/recoveryKeys');
  expect(keys.body.value?.map((key) => key['deviceId'])).toEqual([before.azureADDeviceId, after?.azureADDeviceId]);
});

test('a wipe that the device refuses ends failed, and the device stays', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  world.tenant.behave(id, { byAction: { wipe: { outcome: 'failed' } } });
  expect(await act(world, id, 'wipe', {})).toBe(204);
  world.tenant.advance(24 * 60 * minute);
  expect(await look(world, id)).toEqual({ state: 'wipeFailed', results: { factoryReset: 'failed' } });
});

test('a wipe that keeps the enrolment keeps the id', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'wipe', { keepEnrollmentData: true, keepUserData: true });
  world.tenant.advance(24 * 60 * minute);
  expect(await look(world, id)).toEqual({ state: 'managed', results: { factoryResetKeepEnrollmentData: 'done' } });
});

test('an offline device leaves the action pending until it is back', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  world.tenant.behave(id, { isOffline: true });
  await act(world, id, 'rebootNow');
  world.tenant.advance(24 * 60 * minute);
  expect((await look(world, id)).results).toEqual({ rebootNow: 'pending' });
  world.tenant.behave(id, { isOffline: false });
  world.tenant.advance(2 * minute);
  expect((await look(world, id)).results).toEqual({ rebootNow: 'done' });
});

test('a wipe cancels what was pending', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'rebootNow');
  await act(world, id, 'wipe', {});
  world.tenant.advance(5 * minute);
  expect((await look(world, id)).results).toEqual({ rebootNow: 'canceled', factoryReset: 'done' });
});

test('a listing does not tell how actions went', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'rebootNow');
  expect((await world.call('GET', `/v1.0${devices}`)).body.value).toMatchObject([{ id, deviceActionResults: [] }]);
  expect((await look(world, id)).results).toEqual({ rebootNow: 'pending' });
});

test('deleting the object loses the wipe that was pending', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'wipe', {});
  expect((await world.call('DELETE', `/v1.0${devices}/${id}`)).status).toBe(204);
  world.tenant.advance(24 * 60 * minute);
  expect(world.tenant.devices()).toEqual([]);
});

test('a machine wiped twice before it comes back comes back once', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'wipe', {});
  world.tenant.advance(5 * minute);
  await act(world, id, 'wipe', {});
  world.tenant.advance(24 * 60 * minute);
  expect(world.tenant.devices()).toHaveLength(1);
});

test('a rotation adds a recovery password and keeps the old one; only a request by name shows it', async () => {
  const world = createTenantWorld();
  const { id, azureADDeviceId } = world.tenant.addDevice();
  world.tenant.addDevice();
  expect(await act(world, id, 'rotateBitLockerKeys')).toBe(204);
  world.tenant.advance(5 * minute);
  const root = '/v1.0/informationProtection/bitlocker/recoveryKeys';
  const listed = await world.call('GET', `${root}?$filter=deviceId eq '${azureADDeviceId}'`);
  expect(listed.body.value).toHaveLength(2);
  expect(listed.text).not.toMatch(/\d{6}-\d{6}/);
  const keyId = listed.body.value?.[1]?.id ?? '';
  expect((await world.call('GET', `${root}/${keyId}`)).text).not.toMatch(/\d{6}-\d{6}/);
  expect((await world.call('GET', `${root}/${keyId}?$select=key`)).body['key']).toMatch(/^(\d{6}-){7}\d{6}$/);
});

test('a second script run replaces the first, and the state of the run is what the device found', async () => {
  const world = createTenantWorld();
  const { tenant, call } = world;
  const { id } = tenant.addDevice();
  tenant.behave(id, { scriptOutcome: { detectionState: 'fail', remediationState: 'remediationFailed', output: 'x'.repeat(5_000) } });
  const script = { displayName: 'Repair', publisher: 'Contoso', detectionScriptContent: base64('exit 1'), remediationScriptContent: base64('repair'), runAsAccount: 'system' };
  const scripts = await Promise.all([1, 2].map(async () => (await call('POST', '/beta/deviceManagement/deviceHealthScripts', { body: script })).body.id ?? ''));
  for (const scriptPolicyId of scripts) expect(await act(world, id, 'initiateOnDemandProactiveRemediation', { scriptPolicyId })).toBe(204);
  tenant.advance(5 * minute);
  const states = await Promise.all(scripts.map(async (script) => (await call('GET', `/beta/deviceManagement/deviceHealthScripts/${script}/deviceRunStates?$expand=managedDevice`)).body.value));
  expect(states).toMatchObject([[], [{ detectionState: 'fail', remediationState: 'remediationFailed', managedDevice: { id } }]]);
  expect(states[1]?.[0]?.['preRemediationDetectionScriptOutput']).toHaveLength(2_048);
});

test('a bulk action says which devices it does not know, and acts on the others', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  const { status, body } = await world.call('POST', `/beta${devices}/executeAction`, { body: { actionName: 'rebootNow', deviceIds: [id, 'gone'] } });
  expect([status, body['successfulDeviceIds'], body['notFoundDeviceIds']]).toEqual([200, [id], ['gone']]);
  world.tenant.advance(5 * minute);
  expect((await look(world, id)).results).toEqual({ rebootNow: 'done' });
});

test('every action is in the history of the tenant, with its end', async () => {
  const world = createTenantWorld();
  const { id } = world.tenant.addDevice();
  await act(world, id, 'rebootNow');
  world.tenant.advance(5 * minute);
  const history = await world.call('GET', `/beta/deviceManagement/remoteActionAudits?$filter=managedDeviceId eq '${id}'`);
  expect(history.body.value).toMatchObject([{ action: 'rebootNow', actionState: 'done', initiatedByUserPrincipalName: 'app-1' }]);
  const audit = await world.call('GET', '/v1.0/deviceManagement/auditEvents');
  expect(audit.body.value).toMatchObject([{ activity: 'rebootNow', resources: [{ resourceId: id }] }]);
});
