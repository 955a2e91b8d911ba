import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { createSimulatedPlatform } from '../platform/linux/create-simulated-platform.ts';
import { linuxInterpreters } from '../platform/linux/linux-interpreters.ts';
import { linuxProcessRules } from '../platform/linux/linux-process-rules.ts';
import type { Platform } from '../platform/platform.ts';
import { createWindowsPlatform } from '../platform/windows/create-windows-platform.ts';
import { windowsInterpreters } from '../platform/windows/windows-interpreters.ts';
import { windowsProcessRules } from '../platform/windows/windows-process-rules.ts';
import type { AgentLog } from './agent-log.ts';
import { createAgent, type Agent } from './create-agent.ts';
import { readProgramConfig, type ProgramConfig } from './program-config.ts';
import { systemClock } from './system-clock.ts';

/** What the program takes from its surroundings. */
export interface ProgramSurroundings {
  readonly searchPath: string;
  /** `%SystemRoot%`, on Windows. */
  readonly systemRoot: string;
  readonly writeLogLine: (line: string) => void;
}

/** Makes the agent that a configuration file describes. @throws {RecoveryError} `invalid-config` */
export async function openProgramAgent(configPath: string, surroundings: ProgramSurroundings): Promise<Agent> {
  const config = await readProgramConfig(configPath);
  const caPem = await readFile(config.caFile, 'utf8').catch((cause: Error) => {
    throw new RecoveryError('invalid-config', `caFile ${config.caFile} cannot be read: ${cause.message}`, { cause, fieldPath: 'caFile' });
  });
  if (!caPem.includes('-----BEGIN CERTIFICATE-----')) throw new RecoveryError('invalid-config', `caFile ${config.caFile}: expected a certificate in PEM`, { fieldPath: 'caFile' });
  const log: AgentLog = (level, message, fields) => surroundings.writeLogLine(`${JSON.stringify({ at: instantAt(systemClock.now()), level, message, ...fields })}\n`);
  const { bootCheck, restorePointsFolder, restorePolicy, reconnect } = config;
  return createAgent({
    platform: await openPlatform(config.platform, surroundings),
    stateFolder: config.stateFolder, gatewayUrl: config.gatewayUrl, caPem, clock: systemClock, randomBytes, log,
    settings: { bootCheck, restorePointsFolder, restorePolicy, reconnect },
  });
}

async function openPlatform(config: ProgramConfig['platform'], { searchPath, systemRoot }: ProgramSurroundings): Promise<Platform> {
  if (config.kind === 'windows') return createWindowsPlatform(config, { randomBytes, systemRoot });
  // The simulated machine runs its scripts with what the real one has.
  return process.platform === 'win32'
    ? createSimulatedPlatform(config, { randomBytes, processRules: windowsProcessRules(systemRoot), interpreters: new Map([['cmd', windowsInterpreters.cmd]]) })
    : createSimulatedPlatform(config, { randomBytes, processRules: linuxProcessRules(searchPath), interpreters: linuxInterpreters });
}
