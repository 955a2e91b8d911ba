import type { RemediationPolicy, RestorePolicy } from '@winre-kit/sdk';
import { formatWindowsBuild, megabytesOf, parseWindowsBuild } from '@winre-kit/sdk/windows';
import type { ManagedPc, MdmView, ShownSettings } from './enrol-pc.ts';

const dialectNames = { recovery: 'Recovery CSP (2026)', 'remote-remediation': 'RemoteRemediation CSP (2025)', none: 'no recovery CSP' } as const;
const releaseNames: Readonly<Record<number, string>> = { 22_631: '23H2', 26_100: '24H2', 26_200: '25H2' };

/** Settings in the words of Microsoft's pages. */
export interface SettingsInWords {
  /** Empty when nothing is set. */
  readonly quickMachineRecovery: string;
  /** Empty when nothing is set. */
  readonly pointInTimeRestore: string;
  /** Wi-Fi networks of WinRE, by name. */
  readonly networks: readonly string[];
}

/** A PC as an operator wants to see it: what it was read to have, and what it will not get. */
export interface PcSummary extends SettingsInWords {
  readonly name: string;
  /** Such as `24H2 26100.8737`. */
  readonly windows: string;
  readonly dialect: string;
  /** Each reason once, with the settings it keeps from the PC. */
  readonly notExpressed: readonly { readonly settings: readonly string[]; readonly reason: string }[];
}

export function summarisePc({ name, isInsider }: Pick<ManagedPc, 'name' | 'isInsider'>, view: MdmView): PcSummary {
  const build = parseWindowsBuild(view.osBuild);
  const { remediation = {}, restore = {}, networks = [] } = view.actual ?? {};
  return {
    name,
    windows: `${releaseNames[build.build] ?? 'Windows'} ${formatWindowsBuild(build)}${isInsider ? ' Insider Preview' : ''}`,
    dialect: dialectNames[view.dialect],
    ...settingsInWords({ remediation, restore, networks: networks.map((profile) => ({ profile })) }),
    notExpressed: [...Map.groupBy(view.notExpressed, ({ reason }) => reason)].map(([reason, items]) => ({
      settings: items.map(({ setting }) => nameOfSetting(setting, view.desired)),
      reason: reason.replaceAll(/\bnetworks\.\d+/g, (path) => nameOfSetting(path, view.desired)),
    })),
  };
}

export function settingsInWords({ remediation = {}, restore = {}, networks = [] }: ShownSettings): SettingsInWords {
  return { quickMachineRecovery: wordsOfRemediation(remediation), pointInTimeRestore: wordsOfRestore(restore), networks: networks.map(({ profile }) => profile.ssid) };
}

function wordsOfRemediation({ cloudRemediation, autoRemediation, retryIntervalMinutes, timeToRebootMinutes }: Partial<RemediationPolicy>): string {
  if (cloudRemediation !== true) return cloudRemediation === false ? 'off' : '';
  if (autoRemediation !== true) return autoRemediation === false ? 'on, auto remediation off' : 'on';
  return ['on, auto remediation on', ...measured('retry interval', retryIntervalMinutes, 'minutes'), ...measured('time to reboot', timeToRebootMinutes, 'minutes')].join(', ');
}

function wordsOfRestore({ enabled, cadenceHours, retentionHours, maxDiskBytes }: Partial<RestorePolicy>): string {
  if (enabled !== true) return enabled === false ? 'off' : '';
  const maxDisk = maxDiskBytes === undefined ? [] : measured('max disk usage', megabytesOf(maxDiskBytes).megabytes, 'MB');
  return ['on', ...measured('restore point frequency', cadenceHours, 'hours'), ...measured('restore point retention', retentionHours, 'hours'), ...maxDisk].join(', ');
}

function measured(name: string, value: number | undefined, unit: string): readonly string[] {
  return value === undefined ? [] : [`${name} ${value} ${unit}`];
}

const settingNames: Readonly<Record<string, string>> = { remediation: 'Quick Machine Recovery', restore: 'Point-in-time restore', networks: 'Wi-Fi in WinRE' };
const memberNames: Readonly<Record<string, string>> = {
  cloudRemediation: 'cloud remediation', autoRemediation: 'auto remediation', retryIntervalMinutes: 'retry interval', timeToRebootMinutes: 'time to reboot',
  enabled: 'switch', cadenceHours: 'restore point frequency', retentionHours: 'restore point retention', maxDiskBytes: 'max disk usage',
};

/** A dotted path of `notExpressed` in words; a network by its name instead of its place. */
function nameOfSetting(path: string, { networks = [] }: ShownSettings): string {
  const [setting = '', member] = path.split('.');
  const ssid = setting === 'networks' ? networks[Number(member)]?.profile.ssid : undefined;
  if (ssid !== undefined) return `Wi-Fi ${ssid}`;
  const name = settingNames[setting] ?? setting;
  return member === undefined ? name : `${memberNames[member] ?? member} of ${name}`;
}
