import { expect, test } from 'vitest';
import { createTenantWorld } from './tenant-client.ts';

const root = '/deviceManagement/virtualEndpoint';
const hour = 3_600_000;

test('a restore takes time and ends done or failed; v1.0 can start it and not watch it', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addCloudPc(tenant.addDevice().id);
  const { id: cloudPcSnapshotId } = tenant.addSnapshot(id);
  const restore = async (snapshot: string): Promise<number> => (await call('POST', `/v1.0${root}/cloudPCs/${id}/restore`, { body: { cloudPcSnapshotId: snapshot } })).status;
  const status = async (version: string): Promise<unknown> => (await call('GET', `/${version}${root}/cloudPCs/${id}`)).body['status'];
  expect([await restore('none'), await restore(cloudPcSnapshotId)]).toEqual([404, 204]);
  expect([await status('beta'), await status('v1.0')]).toEqual(['restoring', undefined]);
  tenant.advance(hour);
  const result = { actionName: 'Restore', actionState: 'done', cloudPcId: id };
  expect([await status('beta'), tenant.cloudPc(id)?.lastRemoteActionResult, tenant.devices()[0]?.cloudPcRemoteActionResults]).toMatchObject(['provisioned', result, [result]]);
  const [snapshot] = (await call('GET', `/beta${root}/cloudPCs/${id}/retrieveSnapshots`)).body.value ?? [];
  expect(snapshot?.['lastRestoredDateTime']).not.toBeNull();
  tenant.behaveCloudPc(id, { outcome: 'failed' });
  await restore(cloudPcSnapshotId);
  tenant.advance(hour);
  expect(tenant.cloudPc(id)).toMatchObject({ status: 'failed', lastRemoteActionResult: { actionState: 'failed' } });
});

test('a late member of an enumeration is only told to those who ask', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addCloudPc(tenant.addDevice().id);
  tenant.addSnapshot(id, { snapshotType: 'retention' });
  const typeWith = async (headers: Readonly<Record<string, string>>): Promise<unknown> => (await call('GET', `/beta${root}/cloudPCs/${id}/retrieveSnapshots`, { headers })).body.value?.[0]?.['snapshotType'];
  expect([await typeWith({}), await typeWith({ prefer: 'include-unknown-enum-members' })]).toEqual(['unknownFutureValue', 'retention']);
});

test('a bulk restore takes the nearest point on the wished side, and counts', async () => {
  const { call, tenant, clock } = createTenantWorld();
  const [one, two] = tenant.addDevices(2).map(({ id }) => tenant.addCloudPc(id).id) as [string, string];
  const at = (hours: number): string => new Date(clock.now() + hours * hour).toISOString();
  tenant.addSnapshot(one, { createdDateTime: at(-5) });
  const wished = tenant.addSnapshot(one, { createdDateTime: at(-3) }).id;
  tenant.addSnapshot(one, { createdDateTime: at(-2.5), healthCheckStatus: 'unhealthy' });
  tenant.addSnapshot(one, { createdDateTime: at(-1) });
  tenant.addSnapshot(two, { createdDateTime: at(-1) });
  const created = await call('POST', `/beta${root}/bulkActions`, { body: { '@odata.type': '#microsoft.graph.cloudPcBulkRestore', displayName: 'after the bad update', cloudPcIds: [one, two, 'gone'], restorePointDateTime: at(-2), ignoreUnhealthySnapshots: true } });
  expect([created.status, created.body['status']]).toEqual([201, 'pending']);
  tenant.advance(hour);
  expect((await call('GET', `/beta${root}/bulkActions/${created.body.id}`)).body).toMatchObject({ status: 'failed', actionSummary: { successfulCount: 1, notSupportedCount: 2, pendingCount: 0 } });
  const points = (await call('GET', `/beta${root}/cloudPCs/${one}/retrieveSnapshots`)).body.value ?? [];
  expect(points.filter((point) => point['lastRestoredDateTime'] !== null).map((point) => point.id)).toEqual([wished]);
});

test('a manual restore point appears once it is ready', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addCloudPc(tenant.addDevice().id);
  expect((await call('POST', `/beta${root}/cloudPCs/${id}/createSnapshot`)).status).toBe(204);
  const list = async (): Promise<unknown> => (await call('GET', `/beta${root}/cloudPCs/${id}/retrieveSnapshots`)).body.value;
  expect(await list()).toEqual([]);
  tenant.advance(hour);
  expect(await list()).toMatchObject([{ snapshotType: 'manual', status: 'ready' }]);
});

test('a reprovisioned Cloud PC is another managed device and has no restore points', async () => {
  const { call, tenant } = createTenantWorld();
  const device = tenant.addDevice();
  const { id } = tenant.addCloudPc(device.id);
  tenant.addSnapshot(id);
  expect((await call('POST', `/v1.0${root}/cloudPCs/${id}/reprovision`, { body: { osVersion: 'windows11' } })).status).toBe(204);
  tenant.advance(hour);
  const [after] = tenant.devices();
  expect(after?.id).not.toBe(device.id);
  expect(tenant.cloudPc(id)).toMatchObject({ status: 'provisioned', managedDeviceId: after?.id });
  expect((await call('GET', `/beta${root}/cloudPCs/${id}/retrieveSnapshots`)).body.value).toEqual([]);
});

test('how often restore points come is a setting of the tenant', async () => {
  const { call } = createTenantWorld();
  const settings = `/v1.0${root}/userSettings`;
  const created = await call('POST', settings, { body: { displayName: 'Standard', restorePointSetting: { frequencyType: 'sixHours', userRestoreEnabled: false } } });
  expect(created.status).toBe(201);
  expect((await call('PATCH', `${settings}/${created.body.id}`, { body: { restorePointSetting: { frequencyType: 'fourHours' } } })).status).toBe(204);
  expect((await call('GET', settings)).body.value).toMatchObject([{ displayName: 'Standard', restorePointSetting: { frequencyType: 'fourHours' } }]);
});
