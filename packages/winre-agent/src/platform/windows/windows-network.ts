import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { networkProfileSchema, RecoveryError, type NetworkProfile, type SecretValue } from '@winre-kit/sdk';
import { wlanProfileXml } from '@winre-kit/sdk/windows';
import { z } from 'zod';
import { jsonFile } from '../json-file.ts';
import type { NetworkAdapter } from '../network-adapter.ts';
import { writeFileDurably } from '../write-file-durably.ts';
import { forgetWifiCommand, netshCommands, type CommandLine } from './netsh-commands.ts';

const stateSchema = z.strictObject({ joined: networkProfileSchema, former: networkProfileSchema.optional() });

/** Joins networks with netsh. Not tried on Windows. */
export async function openWindowsNetwork(machineFolder: string, run: (command: CommandLine) => Promise<void>): Promise<NetworkAdapter> {
  const file = jsonFile(join(machineFolder, 'network.json'), stateSchema, 'network state');
  const profileFile = join(machineFolder, 'wlan-profile.xml');
  const wired: NetworkProfile = { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' };
  let state: z.infer<typeof stateSchema> = (await file.read()) ?? { joined: wired };

  const joinNetwork = async (profile: NetworkProfile, key: SecretValue | undefined): Promise<void> => {
    const commands = netshCommands(profile, profileFile);
    if (profile.kind !== 'wifi-wpa2-psk' && profile.kind !== 'wifi-wpa3-sae') {
      for (const command of commands) await run(command);
      return;
    }
    if (key === undefined) throw new RecoveryError('invalid-argument', `Wi-Fi ${profile.ssid} needs its key`, { fieldPath: 'profile.key' });
    // The key lies in this file for as long as netsh reads it, and on no command line.
    await writeFileDurably(profileFile, wlanProfileXml(profile, key.reveal()));
    try {
      for (const command of commands) await run(command);
    } finally {
      await rm(profileFile, { force: true });
    }
  };

  return {
    async status() {
      const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal }) => !internal).map(({ address }) => address);
      const { joined } = state;
      return { connected: addresses.length > 0, kind: joined.kind, ...('ssid' in joined ? { ssid: joined.ssid } : {}), addresses };
    },
    openSocket: (target) => connect(target),
    async apply(profile, key) {
      state = { joined: profile, former: state.former ?? state.joined };
      await file.write(state);
      await joinNetwork(profile, key);
    },
    async confirm() {
      if (!state.former) return;
      state = { joined: state.joined };
      await file.write(state);
    },
    async rollBack() {
      const { joined, former } = state;
      if (!former) return false;
      if ('ssid' in joined) await run(forgetWifiCommand(joined.ssid));
      // Windows still holds the former Wi-Fi profile with its key: connecting by name is enough.
      for (const command of netshCommands(former, profileFile).slice('ssid' in former ? 1 : 0)) await run(command);
      state = { joined: former };
      await file.write(state);
      return true;
    },
  };
}
