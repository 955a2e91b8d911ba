import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecoveryError, SecretValue, type HttpClient, type LogLevel, type SecretLease, type TrustedKey } from '@winre-kit/sdk';
import { createAuditLog, createFileAuditStore, createFileJournal, createFileStorage, createHost, systemClock, systemIds, type Host } from '@winre-kit/sdk/host';
import { sampleEmmPlugin } from '@winre-kit/plugin-sample-emm';
import { createFetchWithTrust } from '@winre-kit/testkit';

/** Everything a host process needs to open the same journal again. Secrets are in files, not here. */
export interface FaultHostSettings {
  readonly folder: string;
  readonly baseUrl: string;
  readonly caFile: string;
  readonly tenantId: string;
  /** Files that hold the values of secrets, by name. */
  readonly secretFiles: Readonly<Record<string, string>>;
  readonly approvers: readonly TrustedKey[];
  readonly signers: readonly TrustedKey[];
  readonly digestKey: string;
}

/** A host on its files. Disposing of it lets another process have them. */
export interface FaultHost extends AsyncDisposable {
  readonly host: Host;
  readonly pluginId: string;
}

export interface FaultHostHooks {
  readonly wrapFetch?: (fetch: HttpClient['fetch']) => HttpClient['fetch'];
  readonly onLog?: (level: LogLevel, message: string, fields: unknown) => void;
}

export async function openFaultHost(settings: FaultHostSettings, { wrapFetch = (fetch) => fetch, onLog = () => {} }: FaultHostHooks = {}): Promise<FaultHost> {
  const { folder, baseUrl, tenantId, secretFiles } = settings;
  const lend = async (name: string): Promise<SecretLease> => {
    const file = secretFiles[name];
    if (file === undefined) throw new RecoveryError('not-found', `there is no secret ${name}`);
    return { value: new SecretValue((await readFile(file, 'utf8')).trim()), expiresAt: undefined, renew: () => lend(name), [Symbol.dispose]: () => {} };
  };
  const journal = await createFileJournal(join(folder, 'journal.jsonl'));
  const audit = await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit.jsonl')), clock: systemClock });
  const host = createHost({
    journal, audit, approvers: settings.approvers, signers: settings.signers,
    secrets: { resolve: ({ secret }) => lend(secret) },
    http: { fetch: wrapFetch(createFetchWithTrust(await readFile(settings.caFile, 'utf8'))) },
    clock: systemClock, ids: systemIds, logger: { log: onLog },
    storage: await createFileStorage(join(folder, 'storage')),
    digestKey: Buffer.from(settings.digestKey, 'hex'),
  });
  const networkKeys = Object.keys(secretFiles).filter((name) => name !== 'emm-token').map((secret) => ({ secret }));
  const { id } = await host.openPlugin(sampleEmmPlugin, { baseUrl, tenantId, token: { secret: 'emm-token' }, networkKeys });
  return {
    host, pluginId: id,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await journal.close();
      await audit.close();
    },
  };
}
