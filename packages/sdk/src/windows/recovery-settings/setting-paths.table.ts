import type { CspDialect } from '../csp/csp-dialect.ts';
import type { CspTable } from '../csp/csp-node.ts';
import { recoveryCsp } from '../csp/recovery-csp.table.ts';
import { remoteRemediationCsp } from '../csp/remote-remediation-csp.table.ts';

/** The nodes of one feature, as paths below the provider's root. `group` is written in one Atomic. */
export interface RemediationPaths {
  readonly group: string;
  readonly cloud: string;
  readonly auto: string;
  readonly timeToReboot: string;
  readonly retryInterval: string;
}

/** Where each dialect keeps which setting. */
export const dialectTables: Readonly<Record<CspDialect, CspTable>> = { recovery: recoveryCsp, 'remote-remediation': remoteRemediationCsp };

/** Quick Machine Recovery in each dialect. */
export const remediationPaths: Readonly<Record<CspDialect, RemediationPaths>> = {
  recovery: {
    group: 'QuickMachineRecovery',
    cloud: 'QuickMachineRecovery/EnableQuickMachineRecovery',
    auto: 'QuickMachineRecovery/AutoRemediationSettings/EnableAutoRemediation',
    timeToReboot: 'QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot',
    retryInterval: 'QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval',
  },
  'remote-remediation': {
    group: 'CloudRemediationSettings',
    cloud: 'CloudRemediationSettings/EnableCloudRemediation',
    auto: 'CloudRemediationSettings/AutoRemediationSettings/EnableAutoRemediation',
    timeToReboot: 'CloudRemediationSettings/AutoRemediationSettings/SetTimeToReboot',
    retryInterval: 'CloudRemediationSettings/AutoRemediationSettings/SetRetryInterval',
  },
};

/** Point-in-time restore; the Recovery provider alone has it. */
export const restorePaths = {
  group: 'PointInTimeRestore',
  enabled: 'PointInTimeRestore/EnablePointInTimeRestore',
  maxDisk: 'PointInTimeRestore/SetMaxDiskUsage',
  frequency: 'PointInTimeRestore/SetRestorePointFrequency',
  retention: 'PointInTimeRestore/SetRestorePointRetention',
} as const;

/** Wi-Fi networks of the Recovery provider: below `group`, one node for each SSID with one leaf. */
export const wifiPaths = { group: 'NetworkSettings/Wifi', leaf: 'WlanXML' } as const;

/** The one Wi-Fi network of RemoteRemediation. */
export const credentialPaths = {
  group: 'CloudRemediationSettings/NetworkSettings/NetworkCredentials',
  ssid: 'CloudRemediationSettings/NetworkSettings/NetworkCredentials/NetworkSSID',
  password: 'CloudRemediationSettings/NetworkSettings/NetworkCredentials/NetworkPassword',
  encryptionType: 'CloudRemediationSettings/NetworkSettings/NetworkCredentials/NetworkPasswordEncryptionType',
} as const;
