import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { networkProfileSchema, RecoveryError, type NetworkProfile, type SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';
import { jsonFile } from '../json-file.ts';
import type { NetworkAdapter } from '../network-adapter.ts';
import type { SurroundingNetwork } from './simulated-platform-config.ts';

const joinedSchema = z.strictObject({ profile: networkProfileSchema, up: z.boolean() });
const stateSchema = z.strictObject({ joined: joinedSchema, former: joinedSchema.optional() });
type Joined = z.infer<typeof joinedSchema>;

/**
 * A network card in software. While it is down no socket can be opened, and going down destroys the open ones, so the agent really loses
 * its connection and has to find its way back. What is joined survives restarts; keys are not kept.
 */
export async function openSimulatedNetwork(machineFolder: string, surroundings: readonly SurroundingNetwork[]): Promise<NetworkAdapter> {
  const file = jsonFile(join(machineFolder, 'network.json'), stateSchema, 'network state');
  const wired: Joined = { profile: { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' }, up: surroundings.some(({ kind }) => kind === 'ethernet-dhcp') };
  let state = (await file.read()) ?? { joined: wired };
  const sockets = new Set<Socket>();

  const enter = async (next: z.infer<typeof stateSchema>): Promise<void> => {
    const cut = [...sockets];
    state = { ...next, joined: { ...next.joined, up: false } };
    for (const socket of cut) socket.destroy(new RecoveryError('device-unreachable', 'the network changed under the connection'));
    await file.write(next);
    state = next;
  };

  return {
    async status() {
      const { profile, up } = state.joined;
      return {
        connected: up,
        kind: profile.kind,
        ...('ssid' in profile ? { ssid: profile.ssid } : {}),
        ...('interfaceName' in profile ? { interfaceName: profile.interfaceName } : {}),
        addresses: up ? ['address' in profile ? profile.address : '127.0.0.1'] : [],
      };
    },
    openSocket({ host, port }) {
      if (!state.joined.up) throw new RecoveryError('device-unreachable', `no network: joined ${state.joined.profile.kind}, which is not up`);
      const socket = connect({ host, port });
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    async apply(profile, key) {
      const joined = { profile, up: surroundings.some((network) => reaches(network, profile, key)) };
      // A second change before the first is confirmed still goes back to the network that is known to work.
      await enter({ joined, former: state.former ?? state.joined });
    },
    async confirm() {
      if (!state.former) return;
      state = { joined: state.joined };
      await file.write(state);
    },
    async rollBack() {
      if (!state.former) return false;
      await enter({ joined: state.former });
      return true;
    },
  };
}

function reaches(network: SurroundingNetwork, profile: NetworkProfile, key: SecretValue | undefined): boolean {
  if (network.kind !== profile.kind) return false;
  if (network.ssid !== ('ssid' in profile ? profile.ssid : undefined)) return false;
  if (network.keySha256 === undefined) return true;
  return key !== undefined && createHash('sha256').update(key.reveal()).digest('hex') === network.keySha256;
}
