import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLevel } from '@winre-kit/sdk';
import { createFetchWithTrust } from '@winre-kit/testkit';
import { startEmmProcess, type EmmProcess } from '../emm-process.ts';
import { adminCaller, createPerson, tenantId, type AdminCaller, type Person } from '../emm-world.ts';
import { startEffectWitness, type EffectWitness } from './effect-witness.ts';
import { openFaultHost, type FaultHost, type FaultHostHooks, type FaultHostSettings } from './fault-host.ts';
import { besides, createFaultDevice, type FaultDevice, type FaultDeviceSettings } from './fault-device.ts';
import { copyFolder, makeVolume, readManifest } from './small-volume.ts';
import { startWatched, type WatchedProgram } from './watched-program.ts';

/** Sample EMM, witness and host on real files and real TLS, and devices as many as a test adds. */
export interface FaultWorld extends AsyncDisposable {
  readonly folder: string;
  readonly witness: EffectWitness;
  readonly approver: Person;
  readonly scriptSigner: Person;
  readonly adminToken: string;
  /** The EMM that runs now. */
  readonly emm: EmmProcess;
  /** The host that is open now, in this process. */
  readonly opened: FaultHost;
  readonly hostSettings: FaultHostSettings;
  readonly hostLogs: { readonly level: LogLevel; readonly message: string; readonly fields: unknown }[];
  /** Processes of agents and of the EMM. */
  pids(): readonly number[];
  readonly admin: AdminCaller;
  /** The restore point that every device has, and what the volume was then. */
  readonly restorePointId: string;
  readonly good: Record<string, string>;
  killEmm(): Promise<void>;
  /** On the same folder and port. */
  startEmm(): Promise<void>;
  /** Lets go of the host's files, so that a process can have them. */
  closeHost(): Promise<void>;
  openHost(hooks?: FaultHostHooks): Promise<FaultHost>;
  /** A host process on the same files: see `host-program.ts`. */
  startHostProgram(...programArguments: readonly string[]): WatchedProgram;
  newEnrolmentToken(name: string): Promise<string>;
  /** All that were made. */
  readonly enrolmentTokens: readonly string[];
  /** Enrolled, with a good volume and one restore point. Its agent does not run yet. */
  addDevice(name: string, settings?: Partial<FaultDeviceSettings>): Promise<FaultDevice>;
}

export async function startFaultWorld({ secrets = {} }: { readonly secrets?: Readonly<Record<string, string>> } = {}): Promise<FaultWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'end-to-end-')));
  const emmFolder = join(folder, 'emm');
  // Where Node keeps it by itself. Shared by all worlds: reading the sources is most of what starting a program costs.
  const compileCache = join(tmpdir(), 'node-compile-cache');
  const [witness, approver, scriptSigner] = await Promise.all([startEffectWitness(), createPerson('ann@contoso.example', 'approve'), createPerson('sam@contoso.example', 'sign-scripts')]);
  let emm = await startEmmProcess(emmFolder, { compileCache });
  const port = Number(new URL(emm.url).port);
  const caFile = join(emmFolder, 'ca.pem');
  const tokenFile = join(emmFolder, `administrator-token.${tenantId}`);
  const adminToken = (await readFile(tokenFile, 'utf8')).trim();
  const admin = adminCaller(createFetchWithTrust(emm.caCertificatePem), emm.url, adminToken);
  await admin('PUT', '/trust', { trustedKeys: [approver.key, scriptSigner.key], consent: { categories: ['agent-log', 'script-output', 'operation-log'] } });

  await mkdir(join(folder, 'host'));
  await mkdir(join(folder, 'secrets'), { mode: 0o700 });
  const secretFiles: Record<string, string> = { 'emm-token': tokenFile };
  for (const [name, value] of Object.entries(secrets)) {
    secretFiles[name] = join(folder, 'secrets', name);
    await writeFile(secretFiles[name], value, { mode: 0o600 });
  }
  const hostSettings: FaultHostSettings = {
    folder: join(folder, 'host'), baseUrl: emm.url, caFile, tenantId, secretFiles,
    approvers: [approver.key], signers: [scriptSigner.key], digestKey: randomBytes(32).toString('hex'),
  };
  const settingsFile = join(folder, 'host', 'settings.json');
  await writeFile(settingsFile, JSON.stringify(hostSettings));
  const hostLogs: FaultWorld['hostLogs'] = [];

  const deviceSettings = { gatewayUrl: emm.url, caFile, witnessUrl: witness.url, compileCache };
  const template = await createFaultDevice({ ...deviceSettings, folder: join(folder, 'template'), name: 'template' });
  await makeVolume(template.volume);
  const restorePointId = await template.takeRestorePoint();
  const good = await readManifest(template.volume);

  let opened: FaultHost | undefined;
  const devices: FaultDevice[] = [];
  const programs: WatchedProgram[] = [];
  const openHost = async (hooks: FaultHostHooks = {}): Promise<FaultHost> => {
    opened = await openFaultHost(hostSettings, { onLog: (level, message, fields) => void hostLogs.push({ level, message, fields }), ...hooks });
    return opened;
  };
  const closeHost = async (): Promise<void> => {
    await opened?.[Symbol.asyncDispose]();
    opened = undefined;
  };
  const enrolmentTokens: string[] = [];
  const newEnrolmentToken = async (name: string): Promise<string> => {
    const { token } = (await admin('POST', '/enrolment-tokens', { hardwareId: `hardware-${name}` })).body;
    enrolmentTokens.push(token);
    return token;
  };
  await openHost();

  return {
    folder, witness, approver, scriptSigner, adminToken, hostSettings, hostLogs, admin, restorePointId, good, openHost, closeHost, newEnrolmentToken, enrolmentTokens,
    get emm() {
      return emm;
    },
    get opened() {
      if (!opened) throw new RangeError('the host is closed');
      return opened;
    },
    pids: () => [emm.pid, ...devices.flatMap((device) => device.agent.pid)],
    killEmm: async () => void (await emm.kill('SIGKILL')),
    async startEmm() {
      emm = await startEmmProcess(emmFolder, { port, compileCache });
    },
    startHostProgram(...programArguments) {
      const program = startWatched([besides('host-program.ts'), settingsFile, ...programArguments], { NODE_COMPILE_CACHE: compileCache });
      programs.push(program);
      return program;
    },
    async addDevice(name, settings = {}) {
      const device = await createFaultDevice({ ...deviceSettings, folder: join(folder, 'devices', name), name, ...settings });
      await Promise.all([copyFolder(template.volume, device.volume), copyFolder(template.restorePoints, device.restorePoints), newEnrolmentToken(name).then((token) => device.enrol(token))]);
      devices.push(device);
      return device;
    },
    async [Symbol.asyncDispose]() {
      await closeHost();
      const agents = devices.flatMap((device) => {
        try {
          return [device.agent];
        } catch {
          return [];
        }
      });
      await Promise.all([...programs, ...agents].map((program) => program.kill()));
      await emm.kill('SIGKILL');
      await witness[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
