import type { NodeDefinition } from './node-definition.ts';

const root = './Vendor/MSFT/Recovery';
const remediation = `${root}/QuickMachineRecovery`;
const automatic = `${remediation}/AutoRemediationSettings`;
const restore = `${root}/PointInTimeRestore`;
const all = ['Add', 'Delete', 'Get', 'Replace'] as const;
const minimumBuilds = ['26100.8737', '26200.8737'];

/**
 * The Recovery CSP, dialect of 2026. Access of its leaves is not published and taken to be Add, Delete, Get, Replace.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 */
export const recoveryNodes: readonly NodeDefinition[] = [
  { path: root, format: 'node', access: ['Get'], isPermanent: true, minimumBuilds },
  { path: `${root}/NetworkSettings`, format: 'node', access: all, minimumBuilds, isInsiderOnly: true },
  { path: `${root}/NetworkSettings/Wifi`, format: 'node', access: all, minimumBuilds, isInsiderOnly: true },
  { path: `${root}/NetworkSettings/Wifi/{SSID}`, format: 'node', access: all, minimumBuilds, isInsiderOnly: true },
  { path: `${root}/NetworkSettings/Wifi/{SSID}/WlanXML`, format: 'chr', access: all, content: 'wlan-profile', minimumBuilds, isInsiderOnly: true },
  { path: remediation, format: 'node', access: all, minimumBuilds },
  { path: `${remediation}/EnableQuickMachineRecovery`, format: 'bool', access: all, minimumBuilds },
  { path: automatic, format: 'node', access: all, minimumBuilds },
  { path: `${automatic}/EnableAutoRemediation`, format: 'bool', access: all, needsTrue: `${remediation}/EnableQuickMachineRecovery`, minimumBuilds },
  { path: `${automatic}/SetRetryInterval`, format: 'int', access: all, range: [0, 4320], needsTrue: `${automatic}/EnableAutoRemediation`, notAbove: `${automatic}/SetTimeToReboot`, minimumBuilds },
  { path: `${automatic}/SetTimeToReboot`, format: 'int', access: all, range: [1, 4320], needsTrue: `${automatic}/EnableAutoRemediation`, minimumBuilds },
  { path: restore, format: 'node', access: all, isAtomicRequired: true, minimumBuilds },
  { path: `${restore}/EnablePointInTimeRestore`, format: 'bool', access: all, minimumBuilds },
  { path: `${restore}/SetMaxDiskUsage`, format: 'int', access: all, range: [2048, 51_200], needsTrue: `${restore}/EnablePointInTimeRestore`, minimumBuilds },
  { path: `${restore}/SetRestorePointFrequency`, format: 'int', access: all, range: [1, 2_147_483_647], needsTrue: `${restore}/EnablePointInTimeRestore`, minimumBuilds },
  { path: `${restore}/SetRestorePointRetention`, format: 'int', access: all, range: [1, 4320], minimumBuilds },
];
