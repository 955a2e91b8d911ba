import { RecoveryError, type SecretValue } from '@winre-kit/sdk';
import type { EscrowOpener } from '@winre-kit/winre-agent/gateway';
import { sealSecret, type SealContext } from '@winre-kit/winre-agent/protocol';
import type { WinreNetwork } from '@winre-kit/sdk/windows';
import type { StoredNetwork } from '../store/mdm-settings-store.ts';

/** Whose network it is: `group:` and its name, or `device:` and its id. A key opens for its owner and SSID only. */
export type NetworkOwner = `group:${string}` | `device:${string}`;

function contextOf(tenantId: string, owner: NetworkOwner, ssid: string): SealContext {
  return { kind: 'winre-mdm-network/v1', tenantId, owner, ssid };
}

/** The network as it is stored: its key sealed to the escrow key. */
export async function sealNetwork({ profile, key }: WinreNetwork, tenantId: string, owner: NetworkOwner, escrow: EscrowOpener): Promise<StoredNetwork> {
  return { profile, ...(key && { sealedKey: await sealSecret(key, escrow.key.publicKey, contextOf(tenantId, owner, profile.ssid)) }) };
}

/** The network with its key in hand, for as long as one message is written. */
export async function openNetwork({ profile, sealedKey }: StoredNetwork, tenantId: string, owner: NetworkOwner, escrow: EscrowOpener): Promise<WinreNetwork> {
  if (!('ssid' in profile)) throw new RecoveryError('internal', 'a network without SSID was stored');
  const key: SecretValue | undefined = sealedKey && (await escrow.open(sealedKey, contextOf(tenantId, owner, profile.ssid)));
  return { profile, ...(key && { key }) };
}
