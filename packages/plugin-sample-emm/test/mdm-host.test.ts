import { instantAt, isTerminalState, type OperationSnapshot } from '@winre-kit/sdk';
import { createAuditLog, createHost, createHttpClient, createMemoryAuditStore, createMemoryJournal, createMemoryStorage, systemClock, systemIds, type Host } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { createMockSecrets } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { startWorld, tenantId, type EmmWorld } from './emm-world.ts';
import { deviceIdOf, enrolMdmClient } from './mdm-device.ts';

async function openHost(world: EmmWorld): Promise<Host> {
  return createHost({
    journal: createMemoryJournal(), audit: await createAuditLog({ store: createMemoryAuditStore(), clock: systemClock }), approvers: [], signers: [],
    secrets: createMockSecrets({ 'emm-token': world.adminToken, 'site-wifi': 'correct horse' }, systemClock), http: createHttpClient({ fetch: world.fetch }), clock: systemClock, ids: systemIds,
    logger: { log: () => undefined }, storage: createMemoryStorage(), digestKey: new Uint8Array(32), followSessions: false,
  });
}

async function endOf(host: Host, operationKey: string): Promise<OperationSnapshot> {
  for await (const snapshot of host.watch(operationKey, { signal: AbortSignal.timeout(15_000) })) if (isTerminalState(snapshot.state)) return snapshot;
  throw new RangeError(`${operationKey} did not end`);
}

test('a host sets policies and a network of a device that no agent runs on, and sees that the device has them', async () => {
  await using world = await startWorld();
  const client = await enrolMdmClient({ url: world.emm.url, caCertificatePem: world.emm.caCertificatePem, admin: world.admin }, { hardwareId: 'hosted', isInsider: true });
  await using host = await openHost(world);
  const plugin = await host.openPlugin(sampleEmmPlugin, { baseUrl: world.emm.url, tenantId, token: { secret: 'emm-token' }, networkKeys: [{ secret: 'site-wifi' }] });
  const { id, enrolmentEpoch } = await plugin.devices.get(await deviceIdOf(world.admin, 'hosted'));
  const device = { id, enrolmentEpoch };

  const restore = { enabled: true, cadenceHours: 16 as const, retentionHours: 72 as const, maxDiskBytes: 8_192 * 1_048_576 };
  const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 10, timeToRebootMinutes: 60 };
  await plugin.restore.policy.set(device, restore);
  await plugin.remediation.policy.set(device, remediation);
  const plan = await host.plan(plugin.id, { capability: 'winre.network.configure', tenantId, device, profile: { kind: 'wifi-wpa2-psk', ssid: 'depot', key: { secret: 'site-wifi' } }, confirmDisconnect: false, rollBackAfterMs: 60_000 });
  const until = instantAt(systemClock.now() + 600_000);
  await host.submit(plan, { operationKey: 'wifi', requestedBy: 'olivia@contoso.example', approveBy: until, executeBy: until, ttlMs: 600_000 });
  await host.start('wifi');
  await client.sync();
  expect(await endOf(host, 'wifi')).toMatchObject({ state: 'succeeded' });
  expect(await plugin.restore.policy.get(device)).toEqual(restore);
  expect(await plugin.remediation.policy.get(device)).toEqual(remediation);
  expect(client.node('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/depot/WlanXML')).toContain('<keyMaterial>correct horse</keyMaterial>');

  // What somebody else gave the device is none of this operation's business.
  const foreign = './Vendor/MSFT/Recovery/NetworkSettings/Wifi/foreign/WlanXML';
  client.changeLocally('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/foreign', '');
  client.changeLocally(foreign, client.node('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/depot/WlanXML'));
  await client.sync();
  expect(client.node(foreign)).toContain('WLANProfile');
  // What was set for the device itself can be taken back, too.
  expect(await world.admin('DELETE', `/devices/${id}/mdm/networks/depot`)).toMatchObject({ status: 200 });
  expect(await world.admin('DELETE', `/devices/${id}/mdm/networks/depot`)).toMatchObject({ status: 404 });
  await client.sync();
  expect(Object.keys(client.nodes()).filter((uri) => uri.endsWith('/WlanXML'))).toEqual([foreign]);
});
