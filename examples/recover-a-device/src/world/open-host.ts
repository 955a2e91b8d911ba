import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { SecretResolver } from '@winre-kit/sdk';
import { createFileJournal, createFileStorage, createHost, createHttpClient, systemClock, systemIds, type AuditLog, type Host, type OpenedPlugin } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { createFileLogger } from './file-logger.ts';
import type { People } from './people.ts';

/** A host with the sample EMM's plug-in opened in it. */
export interface OpenHost extends AsyncDisposable {
  readonly host: Host;
  readonly plugin: OpenedPlugin;
}

export interface OpenHostSettings {
  /** For the journal and the plug-in's storage. */
  readonly folder: string;
  readonly baseUrl: string;
  readonly tenantId: string;
  readonly audit: AuditLog;
  readonly people: People;
  readonly secrets: SecretResolver;
  readonly followSessions: boolean;
}

export async function openHost({ folder, baseUrl, tenantId, audit, people, secrets, followSessions }: OpenHostSettings): Promise<OpenHost> {
  const logger = await createFileLogger(join(folder, 'host.log'));
  const host = createHost({
    journal: await createFileJournal(join(folder, 'journal.jsonl')),
    audit,
    approvers: [people.operator.trustedKey, people.approver.trustedKey],
    signers: [people.scriptAuthor.trustedKey],
    secrets,
    http: createHttpClient(),
    clock: systemClock,
    ids: systemIds,
    logger,
    storage: await createFileStorage(join(folder, 'storage')),
    digestKey: randomBytes(32),
    followSessions,
  });
  const plugin = await host.openPlugin(sampleEmmPlugin, { baseUrl, tenantId, token: { secret: 'emm-token' }, networkKeys: [{ secret: 'wifi-key' }] });
  return { host, plugin, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}
