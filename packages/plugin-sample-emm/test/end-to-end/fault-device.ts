import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceBinding } from '@winre-kit/sdk';
import { bootProgram } from './small-volume.ts';
import { startWatched, type WatchedProgram } from './watched-program.ts';

const agentProgram = join(dirname(createRequire(import.meta.url).resolve('@winre-kit/winre-agent/package.json')), 'src/agent/main.ts');
const holdAtProgram = new URL('hold-at.ts', import.meta.url).href;

/** A device on disk, and its agent as a process. */
export interface FaultDevice {
  readonly name: string;
  readonly folder: string;
  readonly volume: string;
  readonly restorePoints: string;
  readonly stateFolder: string;
  /** As enrolled last. */
  binding: DeviceBinding;
  /** The agent that was started last. */
  readonly agent: WatchedProgram;
  /** Runs `winre-agent enrol` to its end. */
  enrol(token: string): Promise<void>;
  /** Runs `winre-agent take-restore-point` to its end; gives the restore point. */
  takeRestorePoint(): Promise<string>;
  /** Starts `winre-agent run`, held at the given points: see `hold-at.ts`. */
  start(...holdAt: readonly string[]): WatchedProgram;
  /** Starts it and waits until it speaks to the gateway. */
  startAgain(): Promise<void>;
}

export interface FaultDeviceSettings {
  readonly folder: string;
  readonly name: string;
  readonly gatewayUrl: string;
  readonly caFile: string;
  readonly witnessUrl: string;
  readonly compileCache: string;
  readonly encrypted?: boolean;
  /** Networks around the device, as its configuration writes them. */
  readonly networks?: readonly unknown[];
}

/** Writes the configuration; volume and restore points are the caller's to fill. */
export async function createFaultDevice(settings: FaultDeviceSettings): Promise<FaultDevice> {
  const { name, gatewayUrl, caFile, witnessUrl, encrypted = false, networks } = settings;
  await mkdir(settings.folder, { recursive: true });
  const folder = await realpath(settings.folder);
  const [volume, restorePoints, stateFolder, configFile] = ['volume', 'restore-points', 'state', 'agent.json'].map((entry) => join(folder, entry)) as [string, string, string, string];
  await mkdir(volume, { recursive: true });
  await writeFile(configFile, JSON.stringify({
    gatewayUrl, caFile, stateFolder, restorePointsFolder: restorePoints,
    bootCheck: { program: bootProgram, failuresBeforeRecovery: 1 },
    restorePolicy: { enabled: false, cadenceHours: 24, retentionHours: 72, maxDiskBytes: 1024 ** 3 },
    reconnect: { firstMs: 50, maxMs: 200 },
    platform: {
      kind: 'simulated', machineFolder: join(folder, 'machine'), hardwareId: `hardware-${name}`, serialNumber: `serial-${name}`, displayName: name,
      volume: { folder: volume, encrypted }, effectWitnessUrl: witnessUrl, ...(networks && { networks }),
    },
  }));
  const environment = { NODE_COMPILE_CACHE: settings.compileCache };
  let agent: WatchedProgram | undefined;
  const runToEnd = async (programArguments: readonly string[]): Promise<Record<string, string>> => {
    await using program = startWatched([agentProgram, ...programArguments, '--config', configFile], environment);
    if ((await program.ended) !== 0) throw new RangeError(`${programArguments.join(' ')} failed: ${program.lines.join('\n')}`);
    return JSON.parse(program.lines.find((line) => !line.includes('"level"')) ?? '') as Record<string, string>;
  };
  const start = (...holdAt: readonly string[]): WatchedProgram => {
    const held = holdAt.length > 0;
    agent = startWatched([...(held ? ['--import', holdAtProgram] : []), agentProgram, 'run', '--config', configFile], { ...environment, ...(held && { HOLD_AT: holdAt.join('|'), HOLD_VOLUME: volume }) });
    return agent;
  };
  const device: FaultDevice = {
    name, folder, volume, restorePoints, stateFolder, start,
    binding: { id: '', enrolmentEpoch: '' },
    get agent() {
      if (!agent) throw new RangeError(`no agent of ${name} was started yet`);
      return agent;
    },
    async enrol(token) {
      const tokenFile = join(folder, 'enrolment-token');
      await writeFile(tokenFile, token, { mode: 0o600 });
      const { deviceId = '', enrolmentEpoch = '' } = await runToEnd(['enrol', '--token-file', tokenFile]);
      device.binding = { id: deviceId, enrolmentEpoch };
    },
    takeRestorePoint: async () => (await runToEnd(['take-restore-point']))['restorePointId'] ?? '',
    async startAgain() {
      await start().line(/"channel open"/);
    },
  };
  return device;
}

/** Where a program beside this file is. */
export function besides(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
