import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createAuditLog, createFileAuditStore, createHttpClient, systemClock, type AuditLog } from '@winre-kit/sdk/host';
import { createStatementSigner, generateSigningKey, type StatementSigner } from '@winre-kit/sdk';
import { startTcpFaultProxy, type TcpFaultProxy } from '@winre-kit/testkit';
import { bootProgram } from '../volume/make-volume.ts';
import { createAdminClient, type AdminClient } from './admin-client.ts';
import { startAndAwait } from './child-program.ts';
import { createDemoDevice, type DemoDevice } from './demo-device.ts';
import { lendSecrets } from './lend-secrets.ts';
import { openHost, type OpenHost } from './open-host.ts';
import { invitePeople, type People } from './people.ts';
import { createSecretWatch, type SecretWatch } from './secret-watch.ts';

export const tenantId = 'contoso';
export const wifiSsid = 'Contoso-Recovery';
const emmProgram = fileURLToPath(import.meta.resolve('@winre-kit/plugin-sample-emm/server').replace(/index\.js$/, 'main.js'));

/** Everything that runs: EMM, witness, three devices with an agent, two hosts on one audit log. Hosts, EMM, witness and agents meet over TLS and HTTP on loopback only. */
export interface World extends AsyncDisposable {
  readonly people: People;
  readonly emmUrl: string;
  /** Of the EMM's own authority. */
  readonly caCertificatePem: string;
  readonly admin: AdminClient;
  readonly devices: { readonly A: DemoDevice; readonly B: DemoDevice; readonly C: DemoDevice };
  /** Reaches the EMM directly, and follows the sessions of all devices. */
  readonly office: OpenHost;
  /** Reaches the EMM through {@link line}. */
  readonly branch: OpenHost;
  readonly line: TcpFaultProxy;
  readonly audit: AuditLog;
  readonly auditSigner: StatementSigner;
  readonly witnessUrl: string;
  readonly secrets: SecretWatch;
  /** Process ids of EMM, witness and agents. */
  pids(): readonly number[];
}

/**
 * @param folder for everything that is written down: databases, journals, logs, keys
 * @param diskFolder for volumes and restore points
 * @param manifestFile the digests a volume boots by when it has no program of its own
 */
export async function startWorld({ folder, diskFolder, manifestFile }: { readonly folder: string; readonly diskFolder: string; readonly manifestFile: string | undefined }): Promise<World> {
  await using started = new AsyncDisposableStack();
  const people = await invitePeople();
  const secrets = createSecretWatch();
  const wifiKey = secrets.plant('wifi-key', secrets.canaries.secret('wifi-key', 'passphrase'));

  const emmFolder = join(folder, 'emm');
  const emm = await startAndAwait({ name: 'sample EMM', arguments: [emmProgram, '--folder', emmFolder, '--port', '0', '--heartbeat-every-ms', '500'], logFile: join(folder, 'emm.log') }, /sample EMM at (https:\S+)/);
  started.use(emm.program);
  const witness = await startAndAwait({ name: 'witness', arguments: [fileURLToPath(new URL('witness.ts', import.meta.url))], logFile: join(folder, 'witness.log') }, /witness at (\d+)/);
  started.use(witness.program);
  const witnessUrl = `http://127.0.0.1:${witness.value}/`;
  const caFile = join(emmFolder, 'ca.pem');
  const caCertificatePem = await readFile(caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), caCertificatePem]);
  const line = started.use(await startTcpFaultProxy({ upstreamPort: Number(new URL(emm.value).port) }));

  const administratorToken = secrets.plant('administrator-token', (await readFile(join(emmFolder, `administrator-token.${tenantId}`), 'utf8')).trim());
  const admin = createAdminClient({ baseUrl: emm.value, token: administratorToken, http: createHttpClient() });
  await admin.call('PUT', '/trust', { trustedKeys: [people.operator, people.approver, people.scriptAuthor].map(({ trustedKey }) => trustedKey), consent: { categories: ['agent-log', 'script-output', 'operation-log'] } });
  const { token } = await admin.call<{ token: string }>('POST', '/api-tokens', { principal: 'recovery-host', role: 'operator' });
  secrets.plant('operator-token', token);

  const boots = manifestFile === undefined ? { program: bootProgram } : { manifestFile };
  const wifi = { ssid: wifiSsid, keySha256: createHash('sha256').update(wifiKey).digest('hex') };
  const make = async (name: string, encrypted: boolean): Promise<DemoDevice> => {
    const device = started.use(await createDemoDevice({ folder: join(folder, `device-${name}`), diskFolder: join(diskFolder, name), name, gatewayUrl: emm.value, caFile, witnessUrl, encrypted, wifi, boots }));
    const enrolment = await admin.call<{ token: string }>('POST', '/enrolment-tokens', { hardwareId: `hardware-${name}` });
    await device.enrol(secrets.plant(`enrolment-token-${name}`, enrolment.token));
    return device;
  };
  const [A, B, C] = await Promise.all([make('A', true), make('B', false), make('C', false)]);

  const auditSigner = createStatementSigner(await generateSigningKey());
  const audit = await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit.jsonl')), clock: systemClock, signer: auditSigner });
  started.defer(() => audit.close());
  const common = { tenantId, audit, people, secrets: lendSecrets(new Map([['emm-token', token], ['wifi-key', wifiKey]])) };
  const office = started.use(await openHost({ ...common, folder: join(folder, 'office-host'), baseUrl: emm.value, followSessions: true }));
  const branch = started.use(await openHost({ ...common, folder: join(folder, 'branch-host'), baseUrl: `https://localhost:${line.port}`, followSessions: false }));

  const programs = [emm.program, witness.program];
  const pids = (): number[] => [...programs.map(({ process }) => process.pid), A.pid(), B.pid(), C.pid()].filter((pid) => pid !== undefined);
  const running = started.move();
  return { people, emmUrl: emm.value, caCertificatePem, admin, devices: { A, B, C }, office, branch, line, audit, auditSigner, witnessUrl, secrets, pids, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
