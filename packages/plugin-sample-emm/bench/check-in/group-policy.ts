import type { RemediationPolicy, RestorePolicy } from '@winre-kit/sdk';

/** What the devices of the group should have. */
export interface GroupPolicy {
  readonly remediation: RemediationPolicy;
  readonly restore: RestorePolicy;
  readonly ssid: string;
  readonly passphrase: string;
}

/** What the fleet gets first. */
export const firstPolicy: GroupPolicy = {
  remediation: { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 },
  restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10_240 * 1_048_576 },
  ssid: 'depot',
  passphrase: 'correct horse',
};

/** What it is changed to: numbers of both policies, and the key of the network. */
export const changedPolicy: GroupPolicy = {
  remediation: { ...firstPolicy.remediation, retryIntervalMinutes: 15, timeToRebootMinutes: 120 },
  restore: { ...firstPolicy.restore, cadenceHours: 24, maxDiskBytes: 20_480 * 1_048_576 },
  ssid: 'depot',
  passphrase: 'battery staple',
};

/** The policy as the admin API takes it. */
export function groupSettingsOf({ remediation, restore, ssid, passphrase }: GroupPolicy): object {
  return { remediation, restore, networks: [{ profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: 'site-wifi' } }, key: passphrase }] };
}
