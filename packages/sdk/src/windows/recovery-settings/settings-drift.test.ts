import { expect, test } from 'vitest';
import { SecretValue } from '../../contract/secret.ts';
import { compileSettings } from './compile-settings.ts';
import { valueOfNode } from './desired-node.ts';
import { parseReadback } from './parse-readback.ts';
import type { ReadResult } from './read-settings.ts';
import { settingsDrift } from './settings-drift.ts';

const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
const profile = { kind: 'wifi-wpa2-psk', ssid: 'depot', key: { secret: 's' }, hidden: false } as const;
const networks = [{ profile, key: new SecretValue('canary horse') }];
const target = { build: { build: 26_100, revision: 8_737 }, edition: 'enterprise' } as const;
const desired = compileSettings({ remediation, networks }, target);
const wifi = './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi';

const inSync: ReadResult[] = [...desired.groups.flatMap(({ nodes }) => nodes).map((node) => ({ uri: node.uri, status: 200, value: valueOfNode(node) })), { uri: wifi, status: 200, value: 'depot' }];
const withResult = (end: string, change: Partial<ReadResult>): ReadResult[] => inSync.map((result) => (result.uri.endsWith(end) ? { ...result, ...change } : result));
const driftWith = (results: readonly ReadResult[]) => settingsDrift(desired, parseReadback(results, 'recovery')).map(({ uri, kind, actual, reason }) => [uri.split('/').at(-1), kind, actual, reason]);

test('a device that has what it should shows no drift, in whatever form it writes truth and numbers', () => {
  expect(driftWith(inSync)).toEqual([]);
  expect(driftWith(withResult('EnableQuickMachineRecovery', { value: '1' }))).toEqual([]);
  expect(driftWith(withResult('SetRetryInterval', { value: '030' }))).toEqual([]);
});

test.each([
  ['EnableQuickMachineRecovery', { value: 'false' }, 'different', 'false', 'another value'],
  ['SetRetryInterval', { value: '60' }, 'different', '60', 'another value'],
  ['SetRetryInterval', { value: '9999' }, 'different', '9999', 'takes 0 to 4320'],
  ['SetRetryInterval', { value: 'soon' }, 'different', 'soon', 'whole number'],
  ['SetTimeToReboot', { status: 404 }, 'missing', undefined, 'does not have'],
  ['SetTimeToReboot', { status: 425 }, 'unreadable', undefined, '425'],
  ['WlanXML', { status: 404 }, 'missing', undefined, 'does not have'],
] as const)('%s %j is %s', (end, change, kind, actual, reason) => {
  expect(driftWith(withResult(end, change))).toEqual([[end, kind, actual, expect.stringContaining(reason)]]);
});

const elementIn = (name: string, text: string) => (xml: string): string => xml.replace(new RegExp(`<${name}>[^<]*<`), `<${name}>${text}<`);
test.each([
  ['the key encrypted by the device', (xml: string) => elementIn('protected', 'true')(elementIn('keyMaterial', '01000000D08C9DDF')(xml)), undefined],
  ['a profile under another name', elementIn('name', 'Depot'), undefined],
  ['another network', elementIn('hex', '6F74686572'), 'SSID'],
  ['another authentication', elementIn('authentication', 'WPA3SAE'), 'authentication'],
  ['another encryption', elementIn('encryption', 'TKIP'), 'encryption'],
  ['a hidden network', (xml: string) => xml.replace('</SSID>', '</SSID><nonBroadcast>true</nonBroadcast>'), 'whether the network sends its name'],
  ['no key', (xml: string) => xml.replace(/<sharedKey>.*<\/sharedKey>/s, ''), 'a missing key'],
])('a profile with %s differs in: %s', (_, change, difference) => {
  const own = inSync.find(({ uri }) => uri.endsWith('WlanXML'))?.value ?? '';
  const expected = difference === undefined ? [] : [['WlanXML', 'different', undefined, `the profile differs in ${difference}`]];
  expect(driftWith(withResult('WlanXML', { value: change(own) }))).toEqual(expected);
});

test.each([['<WLANProfile/>'], ['canary'], ['']])('the profile %j cannot be compared, and is not kept', (value) => {
  const read = parseReadback(withResult('WlanXML', { value }), 'recovery');
  expect(settingsDrift(desired, read).map(({ kind, reason }) => [kind, reason])).toEqual([['unreadable', 'the device sent no WLAN profile that can be read']]);
  expect(JSON.stringify(read)).not.toContain('canary');
});

test('what was read is read again without loss, as a server that keeps it between messages does', () => {
  const read = parseReadback(inSync, 'recovery');
  expect(read.networks[0]?.profile).toMatchObject({ authentication: 'WPA2PSK', key: 'clear' });
  expect(parseReadback(JSON.parse(JSON.stringify(read.nodes)) as ReadResult[], 'recovery')).toEqual(read);
});

test('what was not read cannot be told', () => {
  expect(settingsDrift(desired, parseReadback([], 'recovery')).every(({ kind }) => kind === 'unreadable')).toBe(true);
});

test('a network nobody named is extra; one that is wanted but could not be expressed is not', () => {
  const other = [...inSync.filter(({ uri }) => uri !== wifi), { uri: wifi, status: 200, value: 'depot/old%20one' }];
  expect(settingsDrift(desired, parseReadback(other, 'recovery'))).toEqual([{ uri: `${wifi}/old%20one`, kind: 'extra', actual: 'old one', reason: expect.any(String) }]);
  const keyless = compileSettings({ remediation, networks: [...networks, { profile: { ...profile, ssid: 'old one' } }] }, target);
  expect(settingsDrift(keyless, parseReadback(other, 'recovery'))).toEqual([]);
  expect(settingsDrift(compileSettings({ remediation }, target), parseReadback(other, 'recovery'))).toEqual([]);
  expect(settingsDrift(compileSettings({ networks: [] }, target), parseReadback(other, 'recovery')).map(({ kind, actual }) => [kind, actual])).toEqual([['extra', 'depot'], ['extra', 'old one']]);
});

test('in RemoteRemediation another network is drift of the one place there is, and none wanted makes it extra', () => {
  const older = { ...target, build: { build: 26_100, revision: 4_700 } };
  const credentials = './Device/Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/NetworkSettings/NetworkCredentials';
  const results = [{ uri: `${credentials}/NetworkSSID`, status: 200, value: 'other' }, { uri: credentials, status: 200, value: 'NetworkSSID/NetworkPassword' }];
  const read = parseReadback(results, 'remote-remediation');
  const drift = settingsDrift(compileSettings({ remediation, networks }, older), read);
  expect(drift.filter(({ uri }) => uri.startsWith(credentials)).map(({ uri, kind }) => [uri, kind])).toEqual([[`${credentials}/NetworkSSID`, 'different']]);
  expect(settingsDrift(compileSettings({ networks: [] }, older), read)).toEqual([{ uri: credentials, kind: 'extra', actual: 'other', reason: expect.any(String), isAtomic: true }]);
});

test.each([
  ['answered 425', [{ uri: wifi, status: 425 }], '425'],
  ['answered 405', [{ uri: wifi, status: 405 }], '405'],
  ['gave no value', [{ uri: wifi, status: 200 }], 'no value'],
  ['did not answer', [], 'not read'],
])('a list of networks that should be empty is unreadable when the device %s', (_, results, reason) => {
  const none = compileSettings({ networks: [] }, target);
  expect(settingsDrift(none, parseReadback(results, 'recovery'))).toEqual([{ uri: wifi, kind: 'unreadable', reason: expect.stringContaining(reason) }]);
  // One that was there all the same is named as well.
  expect(settingsDrift(none, parseReadback([...results, { uri: `${wifi}/old/WlanXML`, status: 200, value: '' }], 'recovery')).map(({ kind }) => kind)).toEqual(['extra', 'unreadable']);
  expect(settingsDrift(compileSettings({ remediation }, target), parseReadback(results, 'recovery')).some(({ uri }) => uri === wifi)).toBe(false);
});

test('a list that is empty, or that the device does not have, has been read', () => {
  const none = compileSettings({ networks: [] }, target);
  for (const results of [[{ uri: wifi, status: 200, value: '' }], [{ uri: wifi, status: 404 }], [{ uri: wifi.replace('/Wifi', ''), status: 404 }]]) expect(settingsDrift(none, parseReadback(results, 'recovery'))).toEqual([]);
});

test('in RemoteRemediation the list is the name of the one network', () => {
  const older = { ...target, build: { build: 26_100, revision: 4_700 } };
  const ssid = './Device/Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/NetworkSettings/NetworkCredentials/NetworkSSID';
  const driftFor = (networksWanted: typeof networks, status: number) => settingsDrift(compileSettings({ remediation, networks: networksWanted }, older), parseReadback([{ uri: ssid, status, value: '' }], 'remote-remediation')).filter(({ uri }) => uri === ssid);
  expect([driftFor([], 500), driftFor([], 404), driftFor([], 200)].map((drift) => drift.map(({ kind }) => kind))).toEqual([['unreadable'], [], []]);
  expect(driftFor(networks, 500)).toHaveLength(1);
});

test('no key shows in drift', () => {
  const drift = settingsDrift(desired, parseReadback(withResult('WlanXML', { status: 404 }), 'recovery'));
  expect([drift.map(({ desired: value }) => value), JSON.stringify(drift).includes('canary')]).toEqual([['«secret»'], false]);
});

test('a node that texts disagree about says so when it differs; one that nobody doubts, and a key, say nothing more', () => {
  const restore = { enabled: true, cadenceHours: 24, retentionHours: 72, maxDiskBytes: 20 * 1_073_741_824 } as const;
  const pro = compileSettings({ remediation, restore, networks }, { ...target, edition: 'pro' });
  const results = pro.groups.flatMap(({ nodes }) => nodes).map(({ uri }) => ({ uri, status: 404 }));
  const reasons = new Map(settingsDrift(pro, parseReadback(results, 'recovery')).map(({ uri, reason }) => [uri.split('/').at(-1), reason]));
  expect(reasons.get('SetRestorePointFrequency')).toBe(`the device does not have the node; ${pro.doubts.find(({ uri }) => uri.endsWith('SetRestorePointFrequency'))?.reason}`);
  expect(reasons.get('SetRestorePointFrequency')).toContain('Enterprise only');
  expect([reasons.get('SetMaxDiskUsage'), reasons.get('WlanXML')]).toEqual(['the device does not have the node', 'the device does not have the node']);
});
