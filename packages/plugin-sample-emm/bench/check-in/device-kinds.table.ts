import type { MdmClientSettings } from '@winre-kit/testkit/mdm-client';
import type { GroupPolicy } from './group-policy.ts';

/** Devices of one build. */
export interface DeviceKind {
  readonly name: string;
  /** How many of ten devices are of this kind. */
  readonly share: number;
  readonly settings: Pick<MdmClientSettings, 'build' | 'isInsider'>;
  /** How their sessions should end by the EMM's word. */
  readonly outcome: 'converged' | 'unsupported';
  /** Every leaf of both providers that such a device should have: its whole value, or what has to be in it. Written out by hand, apart from the compiler. */
  readonly leaves: (policy: GroupPolicy) => Readonly<Record<string, string | RegExp>>;
}

const recovery = './Vendor/MSFT/Recovery';
const remoteRemediation = './Vendor/MSFT/RemoteRemediation/CloudRemediationSettings';

function policiesByRecovery({ remediation, restore }: GroupPolicy): Readonly<Record<string, string>> {
  return {
    [`${recovery}/QuickMachineRecovery/EnableQuickMachineRecovery`]: String(remediation.cloudRemediation),
    [`${recovery}/QuickMachineRecovery/AutoRemediationSettings/EnableAutoRemediation`]: String(remediation.autoRemediation),
    [`${recovery}/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval`]: String(remediation.retryIntervalMinutes),
    [`${recovery}/QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot`]: String(remediation.timeToRebootMinutes),
    [`${recovery}/PointInTimeRestore/EnablePointInTimeRestore`]: String(restore.enabled),
    [`${recovery}/PointInTimeRestore/SetMaxDiskUsage`]: String(restore.maxDiskBytes / 1_048_576),
    [`${recovery}/PointInTimeRestore/SetRestorePointFrequency`]: String(restore.cadenceHours * 60),
    [`${recovery}/PointInTimeRestore/SetRestorePointRetention`]: String(restore.retentionHours * 60),
  };
}

/** A fleet in the middle of its updates. */
const deviceKinds: readonly DeviceKind[] = [
  {
    name: 'newest', share: 4, settings: { build: '10.0.26200.9000', isInsider: true }, outcome: 'converged',
    leaves: (policy) => ({ ...policiesByRecovery(policy), [`${recovery}/NetworkSettings/Wifi/${policy.ssid}/WlanXML`]: new RegExp(`<name>${policy.ssid}</name>[^]*<keyMaterial>${policy.passphrase}</keyMaterial>`) }),
  },
  { name: '25H2', share: 3, settings: { build: '10.0.26200.8737' }, outcome: 'converged', leaves: policiesByRecovery },
  {
    name: '24H2', share: 2, settings: { build: '10.0.26100.4700' }, outcome: 'converged',
    leaves: ({ remediation, ssid, passphrase }) => ({
      [`${remoteRemediation}/EnableCloudRemediation`]: String(remediation.cloudRemediation),
      [`${remoteRemediation}/AutoRemediationSettings/EnableAutoRemediation`]: String(remediation.autoRemediation),
      [`${remoteRemediation}/AutoRemediationSettings/SetRetryInterval`]: String(remediation.retryIntervalMinutes),
      [`${remoteRemediation}/AutoRemediationSettings/SetTimeToReboot`]: String(remediation.timeToRebootMinutes),
      [`${remoteRemediation}/NetworkSettings/NetworkCredentials/NetworkSSID`]: ssid,
      [`${remoteRemediation}/NetworkSettings/NetworkCredentials/NetworkPassword`]: passphrase,
    }),
  },
  { name: '23H2', share: 1, settings: { build: '10.0.22631.5000' }, outcome: 'unsupported', leaves: () => ({}) },
];

/** The kind of the device at a position: every ten devices have them by their shares. */
export function kindAt(index: number): DeviceKind {
  const row = deviceKinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  return row[index % row.length] as DeviceKind;
}
