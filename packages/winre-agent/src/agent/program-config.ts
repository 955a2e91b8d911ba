import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { z } from 'zod';
import { simulatedPlatformConfigSchema } from '../platform/linux/simulated-platform-config.ts';
import { windowsPlatformConfigSchema } from '../platform/windows/windows-platform-config.ts';
import { agentSettingsSchema } from './agent-settings.ts';

/** The configuration file of the program. Paths are relative to the file's own folder. It holds no secret. */
export const programConfigSchema = agentSettingsSchema.extend({
  gatewayUrl: z.url({ protocol: /^https$/, error: 'expected an https:// address' }),
  /** PEM file of the authority that the gateway's certificate comes from. */
  caFile: z.string().min(1),
  stateFolder: z.string().min(1),
  platform: z.discriminatedUnion('kind', [simulatedPlatformConfigSchema, windowsPlatformConfigSchema]),
});
/** The configuration file of the program, with defaults filled in and paths made absolute. */
export type ProgramConfig = z.infer<typeof programConfigSchema>;

/** @throws {RecoveryError} `invalid-config` naming the file, the field and what was expected */
export async function readProgramConfig(path: string): Promise<ProgramConfig> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new RecoveryError('invalid-config', `configuration ${path} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const config = parseOrThrow(programConfigSchema, value, `configuration ${path}`, 'invalid-config');
  const at = (relative: string): string => resolve(dirname(path), relative);
  const { platform } = config;
  return {
    ...config,
    caFile: at(config.caFile),
    stateFolder: at(config.stateFolder),
    restorePointsFolder: at(config.restorePointsFolder),
    platform: platform.kind === 'windows'
      ? { ...platform, machineFolder: at(platform.machineFolder) }
      : { ...platform, machineFolder: at(platform.machineFolder), volume: { ...platform.volume, folder: at(platform.volume.folder) } },
  };
}
