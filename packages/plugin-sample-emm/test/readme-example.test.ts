import { createAuditLog, createHost, createHttpClient, createMemoryAuditStore, createMemoryJournal, createMemoryStorage, systemClock, systemIds } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { createMockSecrets } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { startWorld } from './emm-world.ts';

test('the plug-in is opened in a host, over HTTPS with a private authority, and lists devices', async () => {
  await using world = await startWorld();
  await world.addDevice('hardware-readme', { displayName: 'Front desk' });
  const console = { log: (name: string) => void names.push(name) };
  const names: string[] = [];
  const { fetch } = world;
  await using host = createHost({
    journal: createMemoryJournal(), audit: await createAuditLog({ store: createMemoryAuditStore(), clock: systemClock }), approvers: [], signers: [],
    secrets: createMockSecrets({ 'emm-token': world.adminToken }, systemClock), http: createHttpClient({ fetch }), clock: systemClock, ids: systemIds, logger: { log: () => {} },
    storage: createMemoryStorage(), digestKey: new Uint8Array(32), followSessions: false,
  });
  const baseUrl = world.emm.url;
  // #region example
  const plugin = await host.openPlugin(sampleEmmPlugin, {
    baseUrl, // 'https://localhost:8443'
    tenantId: 'contoso',
    token: { secret: 'emm-token' }, // a name; the host resolves it
    networkKeys: [{ secret: 'site-wifi' }], // Wi-Fi keys that profiles may name
  });
  for await (const device of plugin.devices.list()) console.log(device.displayName);
  // #endregion
  expect(names).toEqual(['Front desk']);
});
