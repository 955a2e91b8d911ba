import { expect, test } from 'vitest';
import { createTenantWorld, type ReadBody } from './tenant-client.ts';

const root = '/v1.0/deviceManagement/deviceConfigurations';
const integer = { '@odata.type': '#microsoft.graph.omaSettingInteger', displayName: 'Frequency', omaUri: './Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency', value: 24 };
const text = { '@odata.type': '#microsoft.graph.omaSettingString', displayName: 'Wi-Fi', omaUri: './Vendor/MSFT/Recovery/NetworkSettings/Wifi/lab/WlanXML', value: 'canary-secret' };
const profile = { '@odata.type': '#microsoft.graph.windows10CustomConfiguration', displayName: 'Restore', omaSettings: [integer, text] };
const toAll = { assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }] };

test('a profile reaches the devices of its groups, and each says how it went', async () => {
  const { call, tenant } = createTenantWorld();
  const [good, bad, offline, excluded, other] = tenant.addDevices(5).map(({ id }) => id) as [string, string, string, string, string];
  tenant.setGroup('pilot', [good, bad, offline, excluded]);
  tenant.setGroup('not-these', [excluded]);
  tenant.behave(bad, { configurationStatus: 'error' });
  tenant.behave(offline, { isOffline: true });
  const { id } = (await call('POST', root, { body: profile })).body;
  const target = (type: string, groupId: string): object => ({ target: { '@odata.type': `#microsoft.graph.${type}`, groupId } });
  const assigned = await call('POST', `${root}/${id}/assign`, { body: { assignments: [target('groupAssignmentTarget', 'pilot'), target('exclusionGroupAssignmentTarget', 'not-these')] } });
  expect([assigned.status, assigned.body.value?.length]).toEqual([200, 2]);
  expect((await call('GET', `${root}/${id}/deviceStatuses`)).body.value).toEqual([]);
  tenant.advance(60_000);
  const statuses = (await call('GET', `${root}/${id}/deviceStatuses`)).body.value ?? [];
  expect(statuses.map((status) => [status.id, status['status']])).toEqual([[`${id}_${good}`, 'compliant'], [`${id}_${bad}`, 'error']]);
  expect((await call('GET', `${root}/${id}/deviceStatusOverview`)).body).toMatchObject({ pendingCount: 1, successCount: 1, errorCount: 1 });
  expect(statuses.some(({ id: status }) => status?.includes(other))).toBe(false);
});

test('texts come back as stars; their value is read by reference', async () => {
  const { call } = createTenantWorld();
  const created = await call('POST', root, { body: profile });
  expect(created.text).not.toContain('canary-secret');
  const [, hidden] = (await call('GET', `${root}/${created.body.id}`)).body['omaSettings'] as readonly ReadBody[];
  expect(hidden).toMatchObject({ isEncrypted: true, value: '****' });
  const read = await call('GET', `${root}/${created.body.id}/getOmaSettingPlainTextValue(secretReferenceValueId='${String(hidden?.['secretReferenceValueId'])}')`);
  expect(read.body['value']).toBe('canary-secret');
});

test('a change is reported again, and the profile can go', async () => {
  const { call, tenant } = createTenantWorld();
  tenant.addDevice();
  const { id } = (await call('POST', root, { body: profile })).body;
  await call('POST', `${root}/${id}/assign`, { body: toAll });
  tenant.advance(60_000);
  const changed = await call('PATCH', `${root}/${id}`, { body: { '@odata.type': '#microsoft.graph.windows10CustomConfiguration', omaSettings: [{ ...integer, value: 6 }] } });
  expect(changed.body).toMatchObject({ version: 2, displayName: 'Restore', omaSettings: [{ value: 6 }] });
  expect((await call('GET', `${root}/${id}/deviceStatuses`)).body.value).toEqual([]);
  expect((await call('DELETE', `${root}/${id}`)).status).toBe(204);
  expect((await call('GET', `${root}/${id}`)).status).toBe(404);
});

test('a policy of the settings catalog names settings and options that the catalog has', async () => {
  const { call, tenant } = createTenantWorld();
  const id = 'device_vendor_msft_recovery_enable';
  tenant.addSettingDefinition({ id, baseUri: './Device/Vendor/MSFT/Recovery', options: [{ itemId: `${id}_true` }] });
  const found = await call('GET', "/beta/deviceManagement/configurationSettings?$filter=baseUri eq './Device/Vendor/MSFT/Recovery'");
  expect(found.body.value).toMatchObject([{ id }]);
  const policy = (settingDefinitionId: string, value: string): object => ({
    name: 'QMR', platforms: 'windows10', technologies: 'mdm',
    settings: [{ settingInstance: { '@odata.type': '#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance', settingDefinitionId, choiceSettingValue: { value, children: [] } } }],
  });
  const create = async (body: object): Promise<number> => (await call('POST', '/beta/deviceManagement/configurationPolicies', { body })).status;
  expect([await create(policy('made_up', 'x')), await create(policy(id, `${id}_maybe`)), await create(policy(id, `${id}_true`))]).toEqual([400, 400, 201]);
  const [created] = (await call('GET', '/beta/deviceManagement/configurationPolicies')).body.value ?? [];
  expect((await call('POST', `/beta/deviceManagement/configurationPolicies/${created?.id}/assign`, { body: toAll })).status).toBe(200);
  expect((await call('GET', `/beta/deviceManagement/configurationPolicies/${created?.id}`)).body).toMatchObject({ isAssigned: true, settingCount: 1 });
  expect((await call('GET', `/beta/deviceManagement/configurationPolicies/${created?.id}/settings`)).body.value).toMatchObject([{ settingInstance: { settingDefinitionId: id } }]);
});

test('Quick Machine Recovery: the catalog lists, a policy approves', async () => {
  const { call, tenant } = createTenantWorld();
  tenant.addRecoveryUpdate({ id: 'entry-1', displayName: 'Boot fix', build: { majorVersion: 10, minorVersion: 0, buildNumber: 26_100, updateBuildRevision: 9_000 } });
  const entries = await call('GET', '/beta/admin/windows/updates/catalog/entries?$expand=microsoft.graph.windowsUpdates.recoveryUpdateCatalogEntry/productRevisions');
  expect(entries.body.value).toMatchObject([{ id: 'entry-1', productRevisions: [{ osBuild: { buildNumber: 26_100 } }] }]);
  const rule = { '@odata.type': '#microsoft.graph.windowsUpdates.recoveryApprovalRule', deferralInDays: 2 };
  const policy = await call('POST', '/beta/admin/windows/updates/policies', { body: { '@odata.type': '#microsoft.graph.windowsUpdates.qualityUpdatePolicy', displayName: 'QMR', approvalRules: [rule] } });
  expect(policy.status).toBe(201);
  const changed = { '@odata.type': '#microsoft.graph.windowsUpdates.qualityUpdatePolicy', approvalRules: [{ ...rule, deferralInDays: 5 }] };
  await call('PATCH', `/beta/admin/windows/updates/policies/${policy.body.id}`, { body: changed });
  expect((await call('GET', `/beta/admin/windows/updates/policies/${policy.body.id}`)).body).toMatchObject({ displayName: 'QMR', approvalRules: [{ deferralInDays: 5 }] });
  const approvals = `/beta/admin/windows/updates/policies/${policy.body.id}/approvals`;
  expect((await call('POST', approvals, { body: { catalogEntryId: 'none', status: 'approved' } })).status).toBe(400);
  expect((await call('POST', approvals, { body: { catalogEntryId: 'entry-1', status: 'approved' } })).status).toBe(201);
  expect((await call('GET', approvals)).body.value).toMatchObject([{ catalogEntryId: 'entry-1', status: 'approved' }]);
  expect((await call('DELETE', `/beta/admin/windows/updates/policies/${policy.body.id}`)).status).toBe(204);
  expect((await call('GET', '/beta/admin/windows/updates/policies')).body.value).toEqual([]);
});

test('an Autopilot identity takes a user, a tag, and goes', async () => {
  const { call, tenant } = createTenantWorld();
  const identity = `/v1.0/deviceManagement/windowsAutopilotDeviceIdentities/${tenant.addAutopilotIdentity({ serialNumber: 'SN-9' })}`;
  await call('POST', `${identity}/updateDeviceProperties`, { body: { groupTag: 'kiosk' } });
  await call('POST', `${identity}/assignUserToDevice`, { body: { userPrincipalName: 'a@contoso.example', addressableUserName: 'A' } });
  expect((await call('GET', identity)).body).toMatchObject({ serialNumber: 'SN-9', groupTag: 'kiosk', userPrincipalName: 'a@contoso.example', enrollmentState: 'notContacted' });
  await call('POST', `${identity}/unassignUserFromDevice`);
  expect((await call('GET', identity)).body).toMatchObject({ groupTag: 'kiosk', userPrincipalName: '' });
  expect([(await call('DELETE', identity)).status, (await call('GET', identity)).status]).toEqual([204, 404]);
});

test('readiness: WinRE is told by the encryption report, backup by the settings of enrolment', async () => {
  const { call, tenant } = createTenantWorld();
  const { id } = tenant.addDevice();
  tenant.changeEncryption(id, { encryptionReadinessState: 'notReady', advancedBitLockerStates: 'recoveryKeyBackupFailed,windowsRecoveryEnvironmentNotConfigured' });
  expect((await call('GET', `/beta/deviceManagement/managedDeviceEncryptionStates/${id}`)).body).toMatchObject({ encryptionReadinessState: 'notReady', advancedBitLockerStates: expect.stringContaining('windowsRecoveryEnvironmentNotConfigured') });
  tenant.setWindowsRestore('enabled');
  expect((await call('GET', "/beta/deviceManagement/deviceEnrollmentConfigurations?$filter=deviceEnrollmentConfigurationType eq 'WindowsRestore'")).body.value).toMatchObject([{ state: 'enabled' }]);
});
