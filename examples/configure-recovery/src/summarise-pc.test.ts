import { expect, test } from 'vitest';
import type { MdmView } from './enrol-pc.ts';
import { settingsInWords, summarisePc } from './summarise-pc.ts';

const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const restore = { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10 * 1_073_741_824 } as const;
const view: MdmView = {
  osBuild: '10.0.26100.4700', dialect: 'remote-remediation', drift: [], lastSession: { outcome: 'converged' },
  desired: { remediation, restore, networks: [{ profile: { ssid: 'Depot' } }, { profile: { ssid: 'Yard' } }] },
  actual: { remediation, restore: {}, networks: [{ ssid: 'Depot' }] },
  notExpressed: [
    { setting: 'restore', kind: 'unsupported', reason: 'there is none' },
    { setting: 'networks.1', kind: 'unsupported', reason: 'there is room for one network, which is networks.0' },
    { setting: 'networks.0.profile.hidden', kind: 'unsupported', reason: 'nothing for it' },
    { setting: 'networks', kind: 'unsupported', reason: 'there is none' },
    { setting: 'remediation.retryIntervalMinutes', kind: 'out-of-range', reason: 'too small' },
  ],
};

test('a PC is told in the words of Windows, with networks by name', () => {
  expect(summarisePc({ name: 'depot-7', isInsider: false }, view)).toEqual({
    name: 'depot-7', windows: '24H2 26100.4700', dialect: 'RemoteRemediation CSP (2025)',
    quickMachineRecovery: 'on, auto remediation on, retry interval 30 minutes, time to reboot 180 minutes', pointInTimeRestore: '', networks: ['Depot'],
    notExpressed: [
      { settings: ['Point-in-time restore', 'Wi-Fi in WinRE'], reason: 'there is none' },
      { settings: ['Wi-Fi Yard'], reason: 'there is room for one network, which is Wi-Fi Depot' },
      { settings: ['Wi-Fi Depot'], reason: 'nothing for it' },
      { settings: ['retry interval of Quick Machine Recovery'], reason: 'too small' },
    ],
  });
});

test('a PC of which nothing could be read, and one of an unknown release, are told too', () => {
  const { actual: _, ...nothingRead } = view;
  expect(summarisePc({ name: 'attic-3', isInsider: false }, { ...nothingRead, osBuild: '10.0.22631.5624', dialect: 'none' })).toMatchObject({ windows: '23H2 22631.5624', dialect: 'no recovery CSP', quickMachineRecovery: '', pointInTimeRestore: '', networks: [] });
  expect(summarisePc({ name: 'lab-1', isInsider: true }, { ...view, osBuild: '10.0.29000.1' }).windows).toBe('Windows 29000.1 Insider Preview');
});

test('what is off is said to be off, and what nobody set is not said', () => {
  expect(settingsInWords({ remediation: { cloudRemediation: false, autoRemediation: false }, restore: { enabled: false } })).toEqual({ quickMachineRecovery: 'off', pointInTimeRestore: 'off', networks: [] });
  expect(settingsInWords({ remediation: { ...remediation, autoRemediation: false }, restore })).toEqual({
    quickMachineRecovery: 'on, auto remediation off', pointInTimeRestore: 'on, restore point frequency 12 hours, restore point retention 72 hours, max disk usage 10240 MB', networks: [],
  });
  expect(settingsInWords({})).toEqual({ quickMachineRecovery: '', pointInTimeRestore: '', networks: [] });
});
