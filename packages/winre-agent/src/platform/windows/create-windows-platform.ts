import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { bootReasonSchema, RecoveryError, toBase64, type Interpreter } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile } from '../json-file.ts';
import type { Boot, InterpreterCommand, Platform } from '../platform.ts';
import type { RecoveryVolume } from '../recovery-volume.ts';
import { bootCommands } from './boot-commands.ts';
import { runCommand } from './run-command.ts';
import { openWindowsNetwork } from './windows-network.ts';
import type { WindowsPlatformConfig } from './windows-platform-config.ts';
import { windowsInterpreters } from './windows-interpreters.ts';
import { windowsProcessRules } from './windows-process-rules.ts';

const requestedBootSchema = z.strictObject({ mode: z.enum(['service', 'recovery']), reason: bootReasonSchema });

/**
 * Windows and WinRE. Not tried on Windows: command lines are tested as text.
 *
 * The volume is not restored from here: an OS volume is restored as a raw volume that was captured through VSS, which needs a volume port that does not exist yet.
 *
 * @param lent `systemRoot` is the value of `%SystemRoot%`; on drive `X:` it is WinRE's RAM disk
 */
export async function createWindowsPlatform(config: WindowsPlatformConfig, lent: { readonly randomBytes: (lengthBytes: number) => Uint8Array; readonly systemRoot: string }): Promise<Platform> {
  const { machineFolder } = config;
  await mkdir(machineFolder, { recursive: true });
  const mode: Boot['mode'] = lent.systemRoot.toUpperCase().startsWith('X:') ? 'recovery' : 'service';
  const requested = jsonFile(join(machineFolder, 'requested-boot.json'), requestedBootSchema, 'requested boot');
  const asked = await requested.read();
  // Nothing on Windows tells an agent's restart from the machine's: a new id makes the gateway open a new session, which is safe.
  const boot: Boot = { bootId: toBase64(lent.randomBytes(16)), mode, reason: asked?.mode === mode ? asked.reason : mode === 'recovery' ? 'boot-failure' : 'unknown' };
  const interpreters = new Map<Interpreter, InterpreterCommand>([['cmd', windowsInterpreters.cmd]]);
  if (mode === 'service' || config.powershellInRecovery) interpreters.set('powershell', windowsInterpreters.powershell);

  return {
    name: 'windows',
    hardware: config,
    abilities: { interpreters: [...interpreters.keys()], networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk', 'wifi-wpa3-sae'], maxScriptBytes: 1_048_576 },
    volume: windowsVolume(config.volume),
    network: await openWindowsNetwork(machineFolder, runCommand),
    interpreters,
    processRules: windowsProcessRules(lent.systemRoot),
    currentBoot: async () => boot,
    async reboot(target, reason) {
      await requested.write({ mode: target, reason });
      for (const command of bootCommands(mode, target)) await runCommand(command);
    },
    readiness: async () => ({ onAcPower: undefined, batteryPercent: undefined, winreEnabled: undefined, driversAvailable: undefined }),
    async testRemediation() {
      throw new RecoveryError('unsupported', 'the test mode of Quick Machine Recovery needs two restarts and a person at the screen: run `reagentc /SetRecoveryTestmode` and `reagentc /BootToRe` there');
    },
    destructiveEffects: { record: async () => {} },
  };
}

function windowsVolume({ volumeId, drive }: WindowsPlatformConfig['volume']): RecoveryVolume {
  const reason = 'restoring a Windows volume needs a raw volume port over VSS, which this release does not have';
  const root = `${drive}\\`;
  const refuse = async (): Promise<never> => {
    throw new RecoveryError('unsupported', reason);
  };
  return {
    volumeId,
    mountPoint: root,
    restoreUnsupported: reason,
    root: async () => root,
    async status() {
      const space = await statfs(root).catch(() => undefined);
      // BitLocker refuses to list the root of a locked drive, so a drive that cannot be asked counts as locked.
      return { volumeId, encrypted: space === undefined, locked: space === undefined, recoveryKeyIds: [], freeBytes: space && space.bavail * space.bsize };
    },
    // manage-bde takes a recovery password on its command line only, where any process can read it.
    unlock: refuse,
    empty: refuse,
    addRecoveryKey: refuse,
    keepOnlyRecoveryKey: refuse,
  };
}
