import { expect, test } from 'vitest';
import { SecretValue } from '../../contract/secret.ts';
import { wlanProfileXml } from '../wlan/wlan-profile.ts';
import { compileSettings, type CompileTarget } from './compile-settings.ts';
import { valueOfNode, type CompiledSettings } from './desired-node.ts';
import type { RecoverySettings, WinreNetwork } from './recovery-settings.ts';

const recovery = { build: { build: 26_100, revision: 8_737 }, edition: 'enterprise' } as const satisfies CompileTarget;
const older = { build: { build: 26_100, revision: 4_700 }, edition: 'enterprise' } as const satisfies CompileTarget;
const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const restore = { enabled: true, cadenceHours: 6, retentionHours: 72, maxDiskBytes: 20_480 * 1_048_576 } as const;
const profile = { kind: 'wifi-wpa2-psk', ssid: 'Depot & Co', key: { secret: 'depot-wifi' }, hidden: false } as const;
const depot: WinreNetwork = { profile, key: new SecretValue('correct horse') };

const linesOf = ({ groups }: CompiledSettings): string[] => groups.flatMap(({ root, isAtomic, nodes }) => [`${isAtomic ? 'atomic' : 'each'} ${root}`, ...nodes.map((node) => `${node.uri.slice(root.length + 1)} ${node.format} ${valueOfNode(node)}`)]);
const refusalsOf = (settings: RecoverySettings, target: CompileTarget): string[] => compileSettings(settings, target).notExpressed.map(({ setting, kind }) => `${setting} ${kind}`);

test('for 2026 each feature is one Atomic in the order of dependencies, and networks are written one by one', () => {
  const compiled = compileSettings({ remediation, restore, networks: [depot] }, recovery);
  expect(linesOf(compiled)).toEqual([
    'atomic ./Device/Vendor/MSFT/Recovery/QuickMachineRecovery',
    'EnableQuickMachineRecovery bool true',
    'AutoRemediationSettings/EnableAutoRemediation bool true',
    'AutoRemediationSettings/SetTimeToReboot int 180',
    'AutoRemediationSettings/SetRetryInterval int 30',
    'atomic ./Device/Vendor/MSFT/Recovery/PointInTimeRestore',
    'EnablePointInTimeRestore bool true',
    'SetMaxDiskUsage int 20480',
    'SetRestorePointFrequency int 360',
    'SetRestorePointRetention int 4320',
    'each ./Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi',
    `Depot%20%26%20Co/WlanXML chr ${wlanProfileXml(profile, 'correct horse')}`,
  ]);
  expect([compiled.dialect, compiled.notExpressed, compiled.groups.map(({ mayBeAbsent }) => mayBeAbsent !== undefined)]).toEqual(['recovery', [], [false, false, true]]);
});

test('for 2025 all is one Atomic, the password is secret, and point-in-time restore is refused', () => {
  const compiled = compileSettings({ remediation, restore, networks: [depot] }, { ...older, passwordEncryption: 'ddf-2025-06-30' });
  expect(linesOf(compiled)).toEqual([
    'atomic ./Device/Vendor/MSFT/RemoteRemediation/CloudRemediationSettings',
    'EnableCloudRemediation bool true',
    'AutoRemediationSettings/EnableAutoRemediation bool true',
    'AutoRemediationSettings/SetTimeToReboot int 180',
    'AutoRemediationSettings/SetRetryInterval int 30',
    'NetworkSettings/NetworkCredentials/NetworkSSID chr Depot & Co',
    'NetworkSettings/NetworkCredentials/NetworkPassword chr correct horse',
    'NetworkSettings/NetworkCredentials/NetworkPasswordEncryptionType int 1',
  ]);
  expect(compiled.groups[0]?.nodes.filter(({ isSecret }) => isSecret).map(({ uri }) => uri.split('/').at(-1))).toEqual(['NetworkPassword']);
  expect(compiled.notExpressed).toEqual([{ setting: 'restore', kind: 'unsupported', reason: expect.stringContaining('Recovery provider') }]);
});

test('how a password is not encrypted is sent only when somebody says by which text', () => {
  const typeOf = (target: CompileTarget) => linesOf(compileSettings({ remediation, networks: [depot] }, target)).find((line) => line.includes('EncryptionType'))?.split(' ').at(-1);
  expect([typeOf(older), typeOf({ ...older, passwordEncryption: 'how-to-2025-06-02' }), typeOf({ ...older, passwordEncryption: 'ddf-2025-06-30' })]).toEqual([undefined, '0', '1']);
  expect(compileSettings({ remediation, networks: [depot] }, older).doubts.find(({ uri }) => uri.endsWith('EncryptionType'))?.reason).toContain('disagree');
});

test('what depends on a switch that is off is not sent, and named', () => {
  const off = { ...remediation, autoRemediation: false };
  expect(refusalsOf({ remediation: { ...off, cloudRemediation: false }, restore: { ...restore, enabled: false } }, recovery)).toEqual([
    'remediation.autoRemediation inactive',
    'remediation.timeToRebootMinutes inactive',
    'remediation.retryIntervalMinutes inactive',
    'restore.maxDiskBytes inactive',
    'restore.cadenceHours inactive',
    'restore.retentionHours inactive',
  ]);
  expect(refusalsOf({ remediation: off }, recovery)).toEqual(['remediation.timeToRebootMinutes inactive', 'remediation.retryIntervalMinutes inactive']);
});

test('“scan once” is a value of 2026 only; in 2025 neither timer is sent', () => {
  const once = { remediation: { ...remediation, retryIntervalMinutes: 0 } };
  expect(refusalsOf(once, recovery)).toEqual([]);
  expect(refusalsOf(once, older)).toEqual(['remediation.timeToRebootMinutes out-of-range', 'remediation.retryIntervalMinutes out-of-range']);
  expect(linesOf(compileSettings(once, older)).some((line) => line.includes('SetTimeToReboot'))).toBe(false);
});

test.each([
  [2_048 * 1_048_576, '2048', []],
  [51_200 * 1_048_576, '51200', []],
  [2_048 * 1_048_576 - 1, undefined, ['restore.maxDiskBytes out-of-range']],
  [51_201 * 1_048_576, undefined, ['restore.maxDiskBytes out-of-range']],
  [51_200 * 1_048_576 + 1, '51200', ['restore.maxDiskBytes rounded']],
])('a limit of %i bytes is %s megabytes', (maxDiskBytes, megabytes, refusals) => {
  const settings = { restore: { ...restore, maxDiskBytes } };
  expect(linesOf(compileSettings(settings, recovery)).find((line) => line.startsWith('SetMaxDiskUsage'))?.split(' ').at(-1)).toBe(megabytes);
  expect(refusalsOf(settings, recovery)).toEqual(refusals);
});

test('cadence and retention outside Enterprise are sent with a doubt', () => {
  const doubtsOn = (edition: CompileTarget['edition']) => compileSettings({ restore }, { ...recovery, edition }).doubts.map(({ uri }) => uri.split('/').at(-1));
  expect([doubtsOn('enterprise'), doubtsOn('education')]).toEqual([[], ['SetRestorePointFrequency', 'SetRestorePointRetention']]);
});

test('networks that WinRE cannot join, without a key, with a bad key or twice are named with the reason', () => {
  const certificate = { storeName: 'MY', thumbprintSha1: 'a1'.repeat(20) };
  const networks: WinreNetwork[] = [
    { profile: { kind: 'wifi-wpa3-sae', ssid: 'a', key: { secret: 's' }, hidden: false, transition: true }, key: new SecretValue('correct horse') },
    { profile: { kind: 'wifi-eap-tls', ssid: 'b', clientCertificate: certificate, serverNames: ['radius.example'] } },
    { profile: { ...profile, ssid: 'c' } },
    { profile: { ...profile, ssid: 'd' }, key: new SecretValue('short') },
    depot,
    { ...depot, key: new SecretValue('another horse') },
  ];
  expect(refusalsOf({ networks }, recovery)).toEqual(['networks.0.profile.kind unsupported', 'networks.1.profile.kind unsupported', 'networks.2.key missing-key', 'networks.3.key out-of-range', 'networks.5 unsupported']);
  const compiled = compileSettings({ networks }, recovery);
  expect(compiled.groups.flatMap(({ nodes }) => nodes).map(({ uri }) => uri.split('/').at(-2))).toEqual(['Depot%20%26%20Co']);
  // What could not be expressed is wanted all the same: a device that has it keeps it.
  expect(compiled.governs).toEqual([{ root: './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi', keep: ['a', 'b', 'c', 'd'].map((name) => `./Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi/${name}`), isAtomic: false }]);
});

test.each(['*', '\ud800'])('a network called %j cannot be a node, and is named', (ssid) => {
  const compiled = compileSettings({ networks: [{ ...depot, profile: { ...profile, ssid } }] }, recovery);
  expect([compiled.groups, compiled.notExpressed]).toEqual([[], [{ setting: 'networks.0.profile.ssid', kind: 'unsupported', reason: 'no node can have this name' }]]);
});

test('RemoteRemediation takes the first network it can, and none while it does not try by itself', () => {
  const hidden: WinreNetwork = { ...depot, profile: { ...profile, hidden: true } };
  const control: WinreNetwork = { ...depot, profile: { ...profile, ssid: 'a\u0001' } };
  expect(refusalsOf({ remediation, networks: [control, hidden, { ...depot, profile: { ...profile, ssid: 'next' } }] }, older)).toEqual(['networks.0.profile.ssid unsupported', 'networks.2 unsupported', 'networks.1.profile.hidden unsupported']);
  for (const settings of [{ networks: [depot] }, { remediation: { ...remediation, autoRemediation: false }, networks: [depot] }]) {
    const compiled = compileSettings(settings, older);
    expect([compiled.notExpressed.find(({ setting }) => setting === 'networks.0')?.reason, compiled.governs]).toEqual([expect.stringContaining('autoRemediation = true'), []]);
  }
});

test('what the device was found to understand overrules its build', () => {
  expect(compileSettings({ remediation }, { ...recovery, dialect: 'remote-remediation' }).dialect).toBe('remote-remediation');
  const ancient = compileSettings({ remediation }, { ...recovery, build: { build: 22_631, revision: 5_624 }, dialect: 'none' });
  expect(ancient.notExpressed[0]?.reason).toMatch(/^the device has neither provider; build 22631\.5624 is older than /);
  expect(compileSettings({ remediation }, { ...recovery, dialect: 'none' })).toEqual({ dialect: 'none', groups: [], doubts: [], governs: [], notExpressed: [{ setting: 'remediation', kind: 'unsupported', reason: 'the device has neither provider' }] });
});

test('settings that contradict themselves are refused whole', () => {
  expect(() => compileSettings({ remediation: { ...remediation, retryIntervalMinutes: 181 } }, recovery)).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'remediation.retryIntervalMinutes' }));
  const wired = { profile: { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' } } as unknown as WinreNetwork;
  expect(() => compileSettings({ networks: [wired] }, recovery)).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'networks.0.profile' }));
  const bare = { ...depot, key: 'correct horse' } as unknown as WinreNetwork;
  expect(() => compileSettings({ networks: [bare] }, recovery)).toThrow(expect.objectContaining({ fieldPath: 'networks.0.key', message: expect.not.stringContaining('horse') }));
});
