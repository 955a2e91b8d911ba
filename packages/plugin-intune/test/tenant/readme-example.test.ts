import { createScriptedTenant, startScriptedTenant } from '@winre-kit/plugin-intune/testing';
import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';

test('a wipe that Graph accepts and the device refuses', async () => {
  const clock = createManualClock();
  // #region tenant
  const tenant = createScriptedTenant({ clock });
  const { id } = tenant.addDevice({ serialNumber: 'SN-1' });
  tenant.behave(id, { byAction: { wipe: { outcome: 'failed' } } });
  tenant.inject({ kind: 'cut-after-effect', operation: 'wipe', times: 1 }); // it happens; the answer never comes
  await using server = await startScriptedTenant(tenant); // server.url in place of https://graph.microsoft.com
  const { token } = await tenant.credential({ scopes: ['DeviceManagementManagedDevices.PrivilegedOperations.All'] }).getToken('');
  // #endregion
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await expect(fetch(`${server.url}/v1.0/deviceManagement/managedDevices/${id}/wipe`, { method: 'POST', headers, body: '{}' })).rejects.toThrow('fetch failed');
  tenant.advance(3_600_000);
  expect(tenant.device(id)).toMatchObject({ managementState: 'wipeFailed', deviceActionResults: [{ actionName: 'factoryReset', actionState: 'failed' }] });
  expect(tenant.violations).toEqual([]);
});
