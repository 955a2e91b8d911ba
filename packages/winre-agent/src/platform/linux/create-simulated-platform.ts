import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bootReasonSchema, toBase64, type Interpreter } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile } from '../json-file.ts';
import type { Boot, InterpreterCommand, Platform } from '../platform.ts';
import { recordAtWitness } from './effect-witness.ts';
import type { ProcessRules } from '../process-rules.ts';
import type { SimulatedPlatformConfig } from './simulated-platform-config.ts';
import { openSimulatedNetwork } from './simulated-network.ts';
import { createSimulatedVolume } from './simulated-volume.ts';

const bootSchema = z.strictObject({ bootId: z.string().min(1), mode: z.enum(['service', 'recovery']), reason: bootReasonSchema });

/**
 * A device made of folders: the volume is a directory, the network card is software, a reboot is a new boot id.
 * Scripts are real child processes, and a network that is down really cuts the agent off.
 */
export async function createSimulatedPlatform(
  config: SimulatedPlatformConfig,
  lent: {
    readonly randomBytes: (lengthBytes: number) => Uint8Array;
    readonly processRules: ProcessRules;
    readonly interpreters: ReadonlyMap<Interpreter, InterpreterCommand>;
  },
): Promise<Platform> {
  const { machineFolder } = config;
  await mkdir(machineFolder, { recursive: true, mode: 0o700 });
  const volume = createSimulatedVolume({ ...config.volume, machineFolder, randomBytes: lent.randomBytes });
  const bootFile = jsonFile(join(machineFolder, 'boot.json'), bootSchema, 'boot record');
  const start = async (mode: Boot['mode'], reason: Boot['reason']): Promise<Boot> => {
    // A machine that starts keeps nothing in memory: recovery finds the volume locked, the system unlocks it through its TPM.
    await (mode === 'recovery' ? volume.lock() : volume.unlockAtBoot());
    const boot: Boot = { bootId: toBase64(lent.randomBytes(16)), mode, reason };
    await bootFile.write(boot);
    return boot;
  };
  const { interpreters, processRules } = lent;

  return {
    name: 'simulated',
    hardware: config,
    abilities: { interpreters: [...interpreters.keys()], networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk', 'wifi-wpa3-sae'], maxScriptBytes: 1_048_576 },
    volume,
    network: await openSimulatedNetwork(machineFolder, config.networks),
    interpreters,
    processRules,
    currentBoot: async () => (await bootFile.read()) ?? start('service', 'unknown'),
    reboot: async (mode, reason) => void (await start(mode, reason)),
    readiness: async () => config.readiness,
    testRemediation: async () =>
      config.readiness.winreEnabled ? { state: 'test-passed', detail: 'simulated test mode: WinRE started and came back' } : { state: 'test-failed', detail: 'WinRE is disabled' },
    destructiveEffects: {
      async record(effect, call) {
        if (config.effectWitnessUrl !== undefined) await recordAtWitness(config.effectWitnessUrl, effect, call);
      },
    },
  };
}
