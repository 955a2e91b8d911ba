import type { ScopeChoice } from './graph-row.ts';

const readOf = (area: string): ScopeChoice => [[`${area}.Read.All`], [`${area}.ReadWrite.All`]];
const writeOf = (area: string): ScopeChoice => [[`${area}.ReadWrite.All`]];

/** Permissions as the pages print them. A permission to write implies the one to read. */
export const scopes = {
  readDevices: readOf('DeviceManagementManagedDevices'),
  writeDevices: writeOf('DeviceManagementManagedDevices'),
  actOnDevices: [['DeviceManagementManagedDevices.PrivilegedOperations.All']],
  wipeDevices: [['DeviceManagementManagedDevices.PrivilegedOperations.All'], ['DeviceManagementManagedDevices.ReadWrite.All']],
  // The page names read permissions, scripts in the field need the privileged one: a client that holds both is right either way.
  runRemediation: [['DeviceManagementConfiguration.Read.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'], ['DeviceManagementConfiguration.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All']],
  readScripts: readOf('DeviceManagementScripts'),
  writeScripts: writeOf('DeviceManagementScripts'),
  readConfiguration: readOf('DeviceManagementConfiguration'),
  writeConfiguration: writeOf('DeviceManagementConfiguration'),
  readServiceConfig: readOf('DeviceManagementServiceConfig'),
  writeServiceConfig: writeOf('DeviceManagementServiceConfig'),
  readCloudPcs: readOf('CloudPC'),
  writeCloudPcs: writeOf('CloudPC'),
  listKeys: [['BitlockerKey.ReadBasic.All'], ['BitlockerKey.Read.All']],
  readKeys: [['BitlockerKey.Read.All']],
  readAudit: readOf('DeviceManagementApps'),
  readUpdates: readOf('WindowsUpdates'),
  writeUpdates: writeOf('WindowsUpdates'),
  readApprovals: [...readOf('DeviceManagementConfiguration'), ...readOf('DeviceManagementRBAC')],
} satisfies Readonly<Record<string, ScopeChoice>>;
