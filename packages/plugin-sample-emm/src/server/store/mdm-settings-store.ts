import type { DatabaseSync } from 'node:sqlite';
import { networkProfileSchema, remediationPolicySchema, restorePolicySchema } from '@winre-kit/sdk';
import { sealedSchema } from '@winre-kit/winre-agent/protocol';
import { z } from 'zod';
import { inTransaction } from './open-database.ts';

/** A network as it is stored: its key is ciphertext, which only the escrow key opens. Of a device's own network the operation that is to bring it. */
export const storedNetworkSchema = z.strictObject({ profile: networkProfileSchema, sealedKey: sealedSchema.optional(), operationKey: z.string().optional() });
export type StoredNetwork = z.infer<typeof storedNetworkSchema>;

/** Desired settings as they are stored. */
export const storedSettingsSchema = z.strictObject({
  remediation: remediationPolicySchema.optional(),
  restore: restorePolicySchema.optional(),
  networks: z.array(storedNetworkSchema).optional(),
});
export type StoredSettings = z.infer<typeof storedSettingsSchema>;

/** A group of devices with one desired state. */
export interface MdmGroup {
  readonly name: string;
  readonly deviceIds: readonly string[];
  readonly settings: StoredSettings;
}

/** Desired state of groups, and the networks of single devices. What returned is on the disk. */
export interface MdmSettingsStore {
  readGroup(tenantId: string, name: string): MdmGroup | undefined;
  /** Makes the group, or replaces its members; a device leaves the group it was in before. */
  putMembers(tenantId: string, name: string, deviceIds: readonly string[]): void;
  /** Makes the group, or replaces its settings. */
  putSettings(tenantId: string, name: string, settings: StoredSettings): void;
  /** The group of a device, without the list of its members: that may be long. */
  groupOf(tenantId: string, deviceId: string): Omit<MdmGroup, 'deviceIds'> | undefined;
  networksOf(deviceId: string): readonly StoredNetwork[];
  /** SSIDs that were taken back: the device is to lose them. */
  removedNetworksOf(deviceId: string): readonly string[];
  /** Adds a network to the device's own, or replaces the one of that SSID. */
  putNetwork(deviceId: string, ssid: string, network: StoredNetwork): void;
  /** Takes a network of the device itself back. @returns false when it had no such network */
  removeNetwork(deviceId: string, ssid: string): boolean;
  /** Forgets the networks of the device itself, also those that were taken back: they were another device's. */
  forgetNetworks(deviceId: string): void;
}

export function createMdmSettingsStore(database: DatabaseSync): MdmSettingsStore {
  const selectGroup = database.prepare('SELECT settings FROM mdm_groups WHERE tenant_id = ? AND name = ?');
  const selectMembers = database.prepare('SELECT device_id FROM mdm_group_members WHERE tenant_id = ? AND group_name = ? ORDER BY device_id');
  const selectGroupOf = database.prepare('SELECT group_name FROM mdm_group_members WHERE tenant_id = ? AND device_id = ?');
  const addGroup = database.prepare("INSERT INTO mdm_groups (tenant_id, name, settings) VALUES (?, ?, '{}') ON CONFLICT DO NOTHING");
  const updateSettings = database.prepare('UPDATE mdm_groups SET settings = ? WHERE tenant_id = ? AND name = ?');
  const clearMembers = database.prepare('DELETE FROM mdm_group_members WHERE tenant_id = ? AND group_name = ?');
  const addMember = database.prepare('INSERT INTO mdm_group_members (tenant_id, device_id, group_name) VALUES (?, ?, ?) ON CONFLICT (tenant_id, device_id) DO UPDATE SET group_name = excluded.group_name');
  const selectNetworks = database.prepare("SELECT network FROM mdm_device_networks WHERE device_id = ? AND network <> 'null' ORDER BY ssid");
  const upsertNetwork = database.prepare('INSERT INTO mdm_device_networks (device_id, ssid, network) VALUES (?, ?, ?) ON CONFLICT (device_id, ssid) DO UPDATE SET network = excluded.network');

  // Its row stays without a network, so that the device loses it whenever its next session is.
  const withdrawNetwork = database.prepare("UPDATE mdm_device_networks SET network = 'null' WHERE device_id = ? AND ssid = ? AND network <> 'null'");
  const selectWithdrawn = database.prepare("SELECT ssid FROM mdm_device_networks WHERE device_id = ? AND network = 'null' ORDER BY ssid");

  const deleteNetworks = database.prepare('DELETE FROM mdm_device_networks WHERE device_id = ?');

  const readSettings = (tenantId: string, name: string): StoredSettings | undefined => {
    const row = selectGroup.get(tenantId, name);
    return row && storedSettingsSchema.parse(JSON.parse(String(row['settings'])));
  };
  return {
    readGroup(tenantId, name) {
      const settings = readSettings(tenantId, name);
      return settings && { name, settings, deviceIds: selectMembers.all(tenantId, name).map((member) => String(member['device_id'])) };
    },
    putMembers: (tenantId, name, deviceIds) => inTransaction(database, () => {
      addGroup.run(tenantId, name);
      clearMembers.run(tenantId, name);
      for (const deviceId of deviceIds) addMember.run(tenantId, deviceId, name);
    }),
    putSettings: (tenantId, name, settings) => inTransaction(database, () => {
      addGroup.run(tenantId, name);
      updateSettings.run(JSON.stringify(settings), tenantId, name);
    }),
    groupOf(tenantId, deviceId) {
      const name = selectGroupOf.get(tenantId, deviceId)?.['group_name'];
      const settings = typeof name === 'string' ? readSettings(tenantId, name) : undefined;
      return typeof name === 'string' && settings ? { name, settings } : undefined;
    },
    networksOf: (deviceId) => selectNetworks.all(deviceId).map((row) => storedNetworkSchema.parse(JSON.parse(String(row['network'])))),
    removedNetworksOf: (deviceId) => selectWithdrawn.all(deviceId).map((row) => String(row['ssid'])),
    removeNetwork: (deviceId, ssid) => withdrawNetwork.run(deviceId, ssid).changes === 1,
    forgetNetworks: (deviceId) => void deleteNetworks.run(deviceId),
    putNetwork: (deviceId, ssid, network) => void upsertNetwork.run(deviceId, ssid, JSON.stringify(network)),
  };
}
