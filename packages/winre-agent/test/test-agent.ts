import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock, RecoverySession } from '@winre-kit/sdk';
import { createAgent, createSimulatedPlatform, linuxInterpreters, linuxProcessRules, simulatedPlatformConfigSchema, type Agent } from '../src/agent/index.ts';
import type { ProgramConfig } from '../src/agent/program-config.ts';
import { systemClock } from '../src/agent/system-clock.ts';
import { breakVolume, digestTree, makeVolume, sessionOf, type AgentBench } from './agent-bench.ts';
import { randomBytes } from './gateway-bench.ts';

/** The program is started from source many times; the second start and later ones find it compiled. */
const compileCache = join(tmpdir(), 'winre-agent-compile-cache');
const mainPath = fileURLToPath(new URL('../src/agent/main.ts', import.meta.url));

/** A device on disk: its volume, its state, its configuration. */
export interface TestMachine {
  readonly name: string;
  readonly volume: string;
  readonly stateFolder: string;
  readonly restorePoints: string;
  readonly configFile: string;
  readonly config: ProgramConfig;
  deviceId: string;
  enrolmentEpoch: string;
}

/** What of the agent's configuration a test changes. */
export interface MachineOverrides {
  readonly platform?: Record<string, unknown>;
  readonly settings?: Record<string, unknown>;
}

export async function makeMachine(bench: AgentBench, name: string, { platform = {}, settings = {} }: MachineOverrides = {}): Promise<TestMachine> {
  const folder = join(bench.folder, name);
  const volume = join(folder, 'volume');
  await mkdir(folder, { recursive: true });
  await makeVolume(volume);
  const config = {
    gatewayUrl: bench.url,
    caFile: bench.caFile,
    stateFolder: join(folder, 'state'),
    restorePointsFolder: join(folder, 'restore-points'),
    bootCheck: { program: ['sh', 'boot.sh'], failuresBeforeRecovery: 2 },
    reconnect: { firstMs: 20, maxMs: 100 },
    platform: {
      kind: 'simulated', machineFolder: join(folder, 'machine'), hardwareId: `hardware-${name}`, serialNumber: `serial-${name}`, displayName: name,
      volume: { folder: volume }, effectWitnessUrl: bench.witnessUrl, ...platform,
    },
    ...settings,
  } as unknown as ProgramConfig;
  const configFile = join(folder, 'agent.json');
  await writeFile(configFile, JSON.stringify(config));
  return { name, volume, configFile, config, stateFolder: config.stateFolder, restorePoints: config.restorePointsFolder, deviceId: '', enrolmentEpoch: '' };
}

/** The agent of a machine in this process. */
export async function agentOf(bench: AgentBench, machine: TestMachine, { clock = systemClock, logged = [], beforeEffect }: { readonly clock?: Clock; readonly logged?: string[]; readonly beforeEffect?: () => void } = {}): Promise<Agent> {
  const { config } = machine;
  const platform = await createSimulatedPlatform(simulatedPlatformConfigSchema.parse(config.platform), { randomBytes, processRules: linuxProcessRules(process.env['PATH'] ?? ''), interpreters: linuxInterpreters });
  // With `beforeEffect` the platform says that an effect is about to happen and never lets it happen.
  const held = beforeEffect && { ...platform, destructiveEffects: { record: (_: unknown, { signal }: { readonly signal: AbortSignal }) => new Promise<never>((_resolve, reject) => {
    beforeEffect();
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  }) } };
  return createAgent({
    platform: held ?? platform, stateFolder: config.stateFolder, gatewayUrl: config.gatewayUrl, caPem: bench.caPem, clock, randomBytes,
    log: (level, message, fields) => void logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    settings: { bootCheck: config.bootCheck, restorePointsFolder: config.restorePointsFolder, reconnect: config.reconnect },
  });
}

/** Enrols the machine with a fresh token. */
export async function enrolMachine(bench: AgentBench, machine: TestMachine, agent: Agent): Promise<void> {
  Object.assign(machine, await agent.enrol(await bench.issueToken(), { signal: AbortSignal.timeout(10_000) }));
}

/** Runs an agent in this process until disposed of. */
export function runAgent(agent: Agent): AsyncDisposable & { readonly ended: Promise<unknown> } {
  const stop = new AbortController();
  const ended = agent.run({ signal: stop.signal }).catch((error: unknown) => error);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

/** The program as a process of its own. */
export interface AgentProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly output: () => string;
  kill(): Promise<void>;
  readonly exited: Promise<unknown>;
}

export function startProgram(programArguments: readonly string[], input = '', environment: Record<string, string> = {}): AgentProcess {
  const preload = Object.keys(environment).some((name) => name.startsWith('DIE_AT_')) ? ['--import', new URL('./die-at.ts', import.meta.url).href] : [];
  const child = spawn(process.execPath, ['--conditions=@winre-kit/source', ...preload, mainPath, ...programArguments], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin?.end(input);
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return { child, output: () => output, kill, exited: exit, [Symbol.asyncDispose]: kill };
}

/** A machine whose agent runs in recovery, in this process. */
export interface DeviceInRecovery extends AsyncDisposable {
  readonly machine: TestMachine;
  readonly device: { readonly id: string; readonly enrolmentEpoch: string };
  readonly session: RecoverySession;
  readonly restorePointId: string;
  readonly good: Record<string, string>;
  readonly logged: string[];
}

/** Enrols a machine, takes a restore point, breaks it, and lets its agent find that out. */
export async function deviceInRecovery(bench: AgentBench, name: string, overrides: MachineOverrides & { readonly clock?: Clock } = {}): Promise<DeviceInRecovery> {
  const machine = await makeMachine(bench, name, overrides);
  const logged: string[] = [];
  const agent = await agentOf(bench, machine, { logged, ...(overrides.clock && { clock: overrides.clock }) });
  await enrolMachine(bench, machine, agent);
  const { id: restorePointId } = await agent.takeRestorePoint({ signal: AbortSignal.timeout(20_000) });
  const good = await digestTree(machine.volume);
  await breakVolume(machine.volume);
  const running = runAgent(agent);
  const session = await sessionOf(bench, machine.deviceId);
  return {
    machine, session, restorePointId, good, logged,
    device: { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** What a power cut does to the simulated machine: it is in recovery again, but in another boot. */
export async function startMachineAnew(machine: TestMachine): Promise<void> {
  const path = join(machine.configFile, '../machine/boot.json');
  const boot = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...boot, bootId: Buffer.from(randomBytes(16)).toString('base64') }));
}
