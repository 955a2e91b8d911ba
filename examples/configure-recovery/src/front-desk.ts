import type { CanarySecrets } from '@winre-kit/testkit';
import type { EmmConnection } from './emm-connection.ts';
import { enrolPc, type ManagedPc, type ShownSettings } from './enrol-pc.ts';

/** The PCs of one group, each with another Windows: two have the provider of 2026, one that of 2025, one neither. */
export const frontDeskPcs = [
  { deviceName: 'desk-1', build: '10.0.26100.8737', isInsider: true },
  { deviceName: 'desk-2', build: '10.0.26100.8737' },
  { deviceName: 'depot-7', build: '10.0.26100.4700' },
  { deviceName: 'attic-3', build: '10.0.22631.5624' },
] as const;

/** Keys of the two Wi-Fi networks. */
export interface FrontDeskKeys {
  readonly depot: string;
  readonly yard: string;
}

/** Enrols all of {@link frontDeskPcs}, in their order. */
export async function enrolFrontDesk(emm: EmmConnection, secrets: Pick<CanarySecrets, 'plant'>): Promise<readonly ManagedPc[]> {
  const pcs: ManagedPc[] = [];
  for (const settings of frontDeskPcs) pcs.push(await enrolPc(emm, secrets, settings));
  return pcs;
}

/** Settings first, members then: nobody gets half of it. Gives the settings as the EMM shows them, without keys. */
export async function setFrontDesk(emm: EmmConnection, pcs: readonly ManagedPc[], keys: FrontDeskKeys): Promise<ShownSettings> {
  const wifi = (ssid: string, key: string): object => ({ profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: `${ssid}-wifi` }, hidden: false }, key });
  // #region group
  const settings = await emm.admin<ShownSettings>('PUT', '/groups/front-desk/settings', {
    remediation: { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 },
    restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10 * 1_073_741_824 },
    networks: [wifi('Depot', keys.depot), wifi('Yard', keys.yard)],
  });
  await emm.admin('PUT', '/groups/front-desk', { deviceIds: pcs.map(({ id }) => id) });
  // #endregion
  return settings;
}

/** What local administrators change behind the EMM's back; without a value the node is deleted. */
const localChanges: readonly { readonly at: string; readonly uri: string; readonly value?: string; readonly told: string }[] = [
  { at: 'desk-1', uri: './Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency', value: '240', told: 'restore point frequency set to 4 hours' },
  { at: 'desk-1', uri: './Vendor/MSFT/Recovery/NetworkSettings/Wifi/Yard', told: 'Wi-Fi Yard removed' },
  { at: 'depot-7', uri: './Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/AutoRemediationSettings/EnableAutoRemediation', value: 'false', told: 'auto remediation switched off' },
];

/** Lets a local administrator change a PC. Gives what was changed, in words. */
export function changeAtPc({ name, client }: ManagedPc): readonly string[] {
  const changes = localChanges.filter(({ at }) => at === name);
  for (const { uri, value } of changes) client.changeLocally(uri, value);
  return changes.map(({ told }) => told);
}
