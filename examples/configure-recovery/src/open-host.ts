import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey, RecoveryError, SecretValue, type SecretLease } from '@winre-kit/sdk';
import { createAuditLog, createFileAuditStore, createFileJournal, createFileStorage, createHost, createHttpClient, systemClock, systemIds, type OpenedPlugin } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { tenantId, type RunningEmm } from './start-emm.ts';

/** A host with the sample EMM's plug-in. It writes into the EMM's folder, so it has to be closed first. */
export async function openHost(emm: RunningEmm): Promise<{ readonly plugin: OpenedPlugin } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const signer = createStatementSigner(await generateSigningKey());
  const journal = opened.adopt(await createFileJournal(join(emm.folder, 'host-journal')), (each) => each.close());
  const audit = opened.adopt(await createAuditLog({ store: await createFileAuditStore(join(emm.folder, 'host-audit')), clock: systemClock, signer }), (each) => each.close());
  const lend = (name: string): SecretLease => {
    if (name !== 'emm-token') throw new RecoveryError('not-found', `there is no secret ${name}`);
    return { value: new SecretValue(emm.administratorToken), expiresAt: undefined, renew: async () => lend(name), [Symbol.dispose]: () => undefined };
  };
  const host = opened.use(createHost({
    journal, audit, storage: await createFileStorage(join(emm.folder, 'host-storage')), digestKey: randomBytes(32),
    http: createHttpClient({ fetch: emm.fetch }), secrets: { resolve: async ({ secret }) => lend(secret) },
    clock: systemClock, ids: systemIds, logger: { log: () => {} }, approvers: [], signers: [], followSessions: false,
  }));
  const plugin = await host.openPlugin(sampleEmmPlugin, { baseUrl: emm.url, tenantId, token: { secret: 'emm-token' }, networkKeys: [] });
  const kept = opened.move();
  return { plugin, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}
