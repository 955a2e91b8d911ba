import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { runProgram, startProgram, type ChildProgram } from './child-program.ts';

const agentProgram = fileURLToPath(import.meta.resolve('@winre-kit/winre-agent').replace(/index\.js$/, 'main.js'));

/** One simulated PC: folders for disk, firmware and agent state, and its agent as a process of its own. */
export interface DemoDevice extends AsyncDisposable {
  readonly name: string;
  readonly serialNumber: string;
  /** The OS volume. */
  readonly volume: string;
  /** Where its restore points are stored, outside the volume. */
  readonly restorePoints: string;
  enrol(token: string): Promise<void>;
  /** Runs `winre-agent run`, as the service manager of the machine would. */
  switchOn(): void;
  /** Runs `winre-agent take-restore-point`. */
  takeRestorePoint(): Promise<void>;
  /** Process id of the running agent. */
  pid(): number | undefined;
}

export interface DemoDeviceSettings {
  /** For configuration, log, agent state and firmware. */
  readonly folder: string;
  /** For the volume and its restore points. */
  readonly diskFolder: string;
  readonly name: string;
  readonly gatewayUrl: string;
  readonly caFile: string;
  readonly witnessUrl: string;
  readonly encrypted: boolean;
  /** The Wi-Fi that surrounds the device, with the digest of its key. */
  readonly wifi: { readonly ssid: string; readonly keySha256: string };
  readonly boots: { readonly program: readonly string[] } | { readonly manifestFile: string };
}

export async function createDemoDevice({ folder, diskFolder, name, gatewayUrl, caFile, witnessUrl, encrypted, wifi, boots }: DemoDeviceSettings): Promise<DemoDevice> {
  const configFile = join(folder, 'agent.json');
  const logFile = join(folder, 'agent.log');
  const serialNumber = `SN-${name}`;
  const device = { name, serialNumber, volume: join(diskFolder, 'volume'), restorePoints: join(diskFolder, 'restore-points') };
  await mkdir(folder, { recursive: true });
  await mkdir(device.volume, { recursive: true });
  await writeFile(configFile, JSON.stringify({
    gatewayUrl, caFile, stateFolder: 'state', restorePointsFolder: device.restorePoints,
    bootCheck: { ...boots, failuresBeforeRecovery: 2, repeatEveryMs: 2_000 },
    restorePolicy: { enabled: true, cadenceHours: 4, retentionHours: 24, maxDiskBytes: 10 * 1024 ** 3 },
    reconnect: { firstMs: 100, maxMs: 2_000 },
    platform: {
      kind: 'simulated', machineFolder: 'machine', hardwareId: `hardware-${name}`, serialNumber, displayName: `Device ${name}`,
      volume: { folder: device.volume, encrypted },
      networks: [{ kind: 'ethernet-dhcp' }, { kind: 'wifi-wpa2-psk', ...wifi }],
      effectWitnessUrl: witnessUrl,
    },
  }));
  let running: ChildProgram | undefined;
  return {
    ...device,
    async enrol(token) {
      const tokenFile = join(folder, 'enrolment-token');
      await writeFile(tokenFile, token, { mode: 0o600 });
      await runProgram({ name: `enrolment of ${name}`, arguments: [agentProgram, 'enrol', '--config', configFile, '--token-file', tokenFile], logFile });
    },
    switchOn() {
      running = startProgram({ name: `agent of ${name}`, arguments: [agentProgram, 'run', '--config', configFile], logFile });
    },
    takeRestorePoint: () => runProgram({ name: `restore point of ${name}`, arguments: [agentProgram, 'take-restore-point', '--config', configFile], logFile }),
    pid: () => running?.process.pid,
    [Symbol.asyncDispose]: async () => running?.[Symbol.asyncDispose](),
  };
}
