import { createHash } from 'node:crypto';
import { canonicalJson } from '@winre-kit/sdk';
import type { NotExpressed, RecoverySettings } from '@winre-kit/sdk/windows';
import type { DeviceRecord, EscrowOpener } from '@winre-kit/winre-agent/gateway';
import type { MdmSettingsStore, StoredNetwork, StoredSettings } from '../store/mdm-settings-store.ts';
import { openNetwork, type NetworkOwner } from './network-secrets.ts';

/** What one device should have, and where it comes from. */
export interface DesiredState {
  readonly group: string | undefined;
  /** Group and device together, keys sealed. */
  readonly settings: StoredSettings;
  /** Names this state; keys are in it by their ciphertext, so that it changes with them and tells nothing. */
  readonly fingerprint: string;
  /** Networks to take off the device: every one that is not wanted when its group says which there are, otherwise those that were taken back here. */
  readonly removes: 'others' | readonly string[];
  /** By position in `settings.networks`. */
  readonly owners: readonly NetworkOwner[];
  /** Networks that one device has no room for, the last ones of its group. */
  readonly leftOut: readonly NotExpressed[];
}

/** As many as `recoverySettingsSchema` takes. */
export const maxNetworks = 32;

/** Puts a device's own settings over those of its group: policies as a whole, networks by SSID, the device's own first. */
export function readDesiredState(store: MdmSettingsStore, { tenantId, deviceId, policies }: Pick<DeviceRecord, 'tenantId' | 'deviceId' | 'policies'>): DesiredState {
  const group = store.groupOf(tenantId, deviceId);
  const own = store.networksOf(deviceId).map((network) => ({ network, owner: `device:${deviceId}` as const }));
  const shared = (group?.settings.networks ?? []).map((network) => ({ network, owner: `group:${group?.name ?? ''}` as const }));
  const all = [...own, ...shared.filter(({ network }) => !own.some((entry) => ssidOf(entry.network) === ssidOf(network)))];
  const networks = all.slice(0, maxNetworks);
  const leftOut = all.slice(maxNetworks).map(({ network }): NotExpressed => ({ setting: 'networks', kind: 'unsupported', reason: `${ssidOf(network) ?? 'a network'} is left out: a device gets ${maxNetworks} networks at most, its own before those of its group` }));
  const removes = group?.settings.networks === undefined ? store.removedNetworksOf(deviceId) : 'others';
  const hasNetworks = networks.length > 0 || removes.length > 0;
  const settings: StoredSettings = { ...group?.settings, ...definedOf(policies), ...(hasNetworks && { networks: networks.map(({ network }) => network) }) };
  return { group: group?.name, settings, fingerprint: fingerprintOf(settings), removes, owners: networks.map(({ owner }) => owner), leftOut };
}

/** The same with keys in hand, for as long as one message is written. */
export async function openDesiredState({ settings, owners }: DesiredState, tenantId: string, escrow: EscrowOpener): Promise<RecoverySettings> {
  const { networks, ...policies } = settings;
  if (!networks) return policies;
  const opened = await Promise.all(networks.map((network, index) => openNetwork(network, tenantId, owners[index] ?? 'group:', escrow)));
  return { ...policies, networks: opened };
}

/** Computed for every message, so without a trip to another thread. */
function fingerprintOf(settings: StoredSettings): string {
  return createHash('sha256').update(canonicalJson(settings)).digest('hex');
}

function ssidOf({ profile }: StoredNetwork): string | undefined {
  return 'ssid' in profile ? profile.ssid : undefined;
}

function definedOf({ restore, remediation }: DeviceRecord['policies']): Pick<StoredSettings, 'restore' | 'remediation'> {
  return { ...(restore && { restore }), ...(remediation && { remediation }) };
}
