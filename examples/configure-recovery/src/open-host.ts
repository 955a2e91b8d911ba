import { randomBytes } from 'node:crypto';
import { createAuditLog, createHost, createHttpClient, createMemoryAuditStore, createMemoryJournal, createMemoryStorage, systemClock, systemIds, type Host, type OpenedPlugin } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { createMockSecrets } from '@winre-kit/testkit';
import { tenantId, type RunningEmm } from './start-emm.ts';

/** A host in memory with the sample EMM's plug-in; one that lasts keeps journal, audit and storage in files. */
export async function openHost(emm: RunningEmm): Promise<{ readonly host: Host; readonly plugin: OpenedPlugin }> {
  const host = createHost({
    journal: createMemoryJournal(), audit: await createAuditLog({ store: createMemoryAuditStore(), clock: systemClock }), storage: createMemoryStorage(), digestKey: randomBytes(32),
    http: createHttpClient({ fetch: emm.fetch }), secrets: createMockSecrets({ 'emm-token': emm.administratorToken }, systemClock),
    clock: systemClock, ids: systemIds, logger: { log: () => undefined }, approvers: [], signers: [], followSessions: false,
  });
  const plugin = await host.openPlugin(sampleEmmPlugin, { baseUrl: emm.url, tenantId, token: { secret: 'emm-token' }, networkKeys: [] });
  return { host, plugin };
}
