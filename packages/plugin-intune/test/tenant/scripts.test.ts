import { expect, test } from 'vitest';
import { base64, createTenantWorld } from './tenant-client.ts';

const root = '/beta/deviceManagement/deviceHealthScripts';
const script = { displayName: 'Repair WinRE', publisher: 'Contoso', detectionScriptContent: base64('exit 1'), remediationScriptContent: base64('reagentc /enable'), runAsAccount: 'system' };
const toGroup = (groupId: string): object => ({ deviceHealthScriptAssignments: [{ target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId }, runRemediationScript: true, runSchedule: { '@odata.type': '#microsoft.graph.deviceHealthScriptDailySchedule', interval: 1, time: '03:00:00', useUtc: true } }] });

test('an assigned package runs on the devices of its group and counts how they did', async () => {
  const { call, tenant } = createTenantWorld();
  const [healthy, broken, offline] = tenant.addDevices(4).map(({ id }) => id) as [string, string, string];
  tenant.behave(healthy, { scriptOutcome: { detectionState: 'success', remediationState: 'skipped' } });
  tenant.behave(offline, { isOffline: true });
  tenant.setGroup('pilot', [healthy, broken, offline]);
  const { id } = (await call('POST', root, { body: script })).body;
  expect((await call('POST', `${root}/${id}/assign`, { body: toGroup('pilot') })).status).toBe(204);
  tenant.advance(600_000);
  expect((await call('GET', `${root}/${id}/deviceRunStates`)).body.value).toMatchObject([
    { detectionState: 'success', remediationState: 'skipped', postRemediationDetectionScriptOutput: '' },
    { detectionState: 'fail', remediationState: 'success', postRemediationDetectionScriptOutput: 'repaired' },
  ]);
  expect((await call('GET', `${root}/${id}/runSummary`)).body).toMatchObject({ noIssueDetectedDeviceCount: 1, issueDetectedDeviceCount: 1, issueRemediatedDeviceCount: 1, remediationSkippedDeviceCount: 1 });
  expect((await call('GET', `/beta/deviceManagement/managedDevices/${broken}/deviceHealthScriptStates`)).body.value).toMatchObject([{ policyId: id, policyName: 'Repair WinRE', deviceId: broken, detectionState: 'fail' }]);
});

test('a package changes its version; a listing leaves the scripts out; deleted it is gone', async () => {
  const { call } = createTenantWorld();
  const { id } = (await call('POST', root, { body: script })).body;
  expect((await call('PATCH', `${root}/${id}`, { body: { displayName: 'Repair' } })).body).toMatchObject({ version: '2', displayName: 'Repair', detectionScriptContent: script.detectionScriptContent });
  expect((await call('GET', root)).body.value).toMatchObject([{ id, detectionScriptContent: null, remediationScriptContent: null }]);
  expect((await call('GET', `${root}/${id}`)).body).toMatchObject({ remediationScriptContent: script.remediationScriptContent });
  expect([(await call('DELETE', `${root}/${id}`)).status, (await call('GET', `${root}/${id}`)).status]).toEqual([204, 404]);
});

test('a tenant has 200 packages at most', async () => {
  const { call, tenant } = createTenantWorld();
  const create = async (): Promise<number> => (await call('POST', root, { body: script })).status;
  for (let count = 0; count < 200; count += 1) expect(await create()).toBe(201);
  tenant.advance(20_000);
  expect(await create()).toBe(400);
});

test('a platform script is parked where scripts are protected', async () => {
  const { call, tenant } = createTenantWorld();
  const create = async (): Promise<number> => (await call('POST', '/beta/deviceManagement/deviceManagementScripts', {
    body: { displayName: 'My Test Script', scriptContent: base64('Write-Output 1'), runAsAccount: 'system', fileName: 'Test.ps1', roleScopeTagIds: ['0'] },
    headers: { 'x-msft-approval-justification': base64('app only test') },
  })).status;
  expect(await create()).toBe(201);
  tenant.protect('script');
  expect(await create()).toBe(403);
  expect((await call('GET', '/beta/deviceManagement/deviceManagementScripts')).body.value).toMatchObject([{ displayName: 'My Test Script', scriptContent: null }]);
});
