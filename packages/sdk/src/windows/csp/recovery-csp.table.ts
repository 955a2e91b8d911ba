import { readAccess, settingAccess, type CspTable } from './csp-node.ts';
import { factFrom } from './fact-sources.table.ts';

const machine = 'QuickMachineRecovery';
const auto = `${machine}/AutoRemediationSettings`;
const restore = 'PointInTimeRestore';

const page = factFrom('REC-CSP', 'P');
const machineRunbook = factFrom('EZ-QMR', 'S');
const restoreRunbook = factFrom('EZ-PITR', 'S');
const assumedAccess = factFrom('REC-CSP', 'I', 'access is assumed to be Add, Delete, Get and Replace as for the other settings; read back on a device');
const inferredNode = factFrom('REC-CSP', 'I', 'interior node; format follows from the nodes below it');

/** First builds with Quick Machine Recovery and point-in-time restore as nodes: Windows 11 24H2 and 25H2 of June 2026. */
const since = ['26100.8737', '26200.8737'] as const;
const enableMachine = { path: `${machine}/EnableQuickMachineRecovery`, value: 'true' } as const;
const enableAuto = { path: `${auto}/EnableAutoRemediation`, value: 'true' } as const;
const enableRestore = { path: `${restore}/EnablePointInTimeRestore`, value: 'true' } as const;

/**
 * Recovery, the 2026 dialect: Quick Machine Recovery, point-in-time restore, and any number of Wi-Fi networks for WinRE.
 *
 * Only the opening of Microsoft's page could be read; rows of grade `S` come from runbooks that cite it.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 */
export const recoveryCsp: CspTable = {
  root: './Device/Vendor/MSFT/Recovery',
  nodes: [
    { path: '', format: 'node', access: readAccess, meaning: 'Permanent root', source: inferredNode },
    { path: 'NetworkSettings', format: 'node', access: settingAccess, isInsiderOnly: true, meaning: 'Network settings of WinRE', source: page },
    { path: 'NetworkSettings/Wifi', format: 'node', access: settingAccess, isInsiderOnly: true, meaning: 'Wi-Fi networks of WinRE', source: page },
    { path: 'NetworkSettings/Wifi/{SSID}', format: 'node', access: settingAccess, isInsiderOnly: true, isDynamic: true, meaning: 'One network, named by its SSID', source: page },
    {
      path: 'NetworkSettings/Wifi/{SSID}/WlanXML',
      format: 'chr',
      access: settingAccess,
      isInsiderOnly: true,
      isSecret: true,
      meaning: 'WLAN profile as XML text, with the key in clear',
      source: page,
      doubts: [factFrom('WIFI-CSP', 'I', 'access and key rules are taken from the WiFi provider'), factFrom('EZ-QMR', 'S', 'lists the node for released builds, without the Insider mark')],
    },
    {
      path: machine,
      format: 'node',
      access: settingAccess,
      minimumBuilds: since,
      meaning: 'Quick Machine Recovery',
      source: machineRunbook,
      doubts: [assumedAccess, factFrom('EZ-QMR', 'I', 'no text says whether Atomic is required; the nodes depend on each other, so they are sent in one')],
    },
    {
      path: enableMachine.path,
      format: 'bool',
      access: settingAccess,
      minimumBuilds: since,
      meaning: 'Whether WinRE may ask Windows Update for a remediation. Unset, it follows the management state; once set, it stays',
      source: machineRunbook,
      doubts: [assumedAccess],
    },
    { path: auto, format: 'node', access: settingAccess, minimumBuilds: since, meaning: 'Interior', source: machineRunbook, doubts: [assumedAccess] },
    {
      path: enableAuto.path,
      format: 'bool',
      access: settingAccess,
      minimumBuilds: since,
      dependsOn: enableMachine,
      meaning: 'Whether WinRE tries again by itself',
      source: machineRunbook,
      doubts: [assumedAccess],
    },
    {
      path: `${auto}/SetRetryInterval`,
      format: 'int',
      access: settingAccess,
      range: { min: 0, max: 4_320 },
      unit: 'minutes',
      minimumBuilds: since,
      dependsOn: enableAuto,
      notAbove: `${auto}/SetTimeToReboot`,
      meaning: 'Time between two tries; 0 scans once',
      source: machineRunbook,
      doubts: [assumedAccess],
    },
    {
      path: `${auto}/SetTimeToReboot`,
      format: 'int',
      access: settingAccess,
      range: { min: 1, max: 4_320 },
      unit: 'minutes',
      minimumBuilds: since,
      dependsOn: enableAuto,
      meaning: 'How long WinRE tries before it reboots',
      source: machineRunbook,
      doubts: [assumedAccess],
    },
    { path: restore, format: 'node', access: settingAccess, minimumBuilds: since, isAtomicRequired: true, meaning: 'Point-in-time restore', source: restoreRunbook, doubts: [assumedAccess] },
    {
      path: enableRestore.path,
      format: 'bool',
      access: settingAccess,
      minimumBuilds: since,
      meaning: 'Whether restore points are taken',
      source: restoreRunbook,
      doubts: [assumedAccess],
    },
    {
      path: `${restore}/SetMaxDiskUsage`,
      format: 'int',
      access: settingAccess,
      range: { min: 2_048, max: 51_200 },
      unit: 'megabytes',
      minimumBuilds: since,
      dependsOn: enableRestore,
      meaning: 'Limit for all shadow copies of the volume, whoever takes them; the oldest restore points go first',
      source: restoreRunbook,
      doubts: [assumedAccess, factFrom('PITR-DOC', 'I', 'a megabyte is 1,048,576 bytes: the limits are 2 GB and 50 GB')],
    },
    {
      path: `${restore}/SetRestorePointFrequency`,
      format: 'int',
      access: settingAccess,
      range: { min: 1 },
      unit: 'minutes',
      minimumBuilds: since,
      dependsOn: enableRestore,
      meaning: 'Time between two restore points',
      source: restoreRunbook,
      doubts: [assumedAccess, factFrom('PITR-DOC', 'S', 'names Enterprise only, where the provider’s page lists Pro, Enterprise, Education and IoT Enterprise')],
    },
    {
      path: `${restore}/SetRestorePointRetention`,
      format: 'int',
      access: settingAccess,
      range: { min: 1, max: 4_320 },
      unit: 'minutes',
      minimumBuilds: since,
      dependsOn: enableRestore,
      meaning: 'How long a restore point is kept',
      source: restoreRunbook,
      doubts: [
        assumedAccess,
        factFrom('PITR-DOC', 'S', 'names Enterprise only, where the provider’s page lists Pro, Enterprise, Education and IoT Enterprise'),
        factFrom('EZ-PITR', 'S', 'the node takes any positive number; 72 hours is the ceiling of the product'),
        factFrom('EZ-PITR', 'I', 'no dependency is listed, but the setting counts only while the feature is on; it is treated as one'),
      ],
    },
  ],
};
