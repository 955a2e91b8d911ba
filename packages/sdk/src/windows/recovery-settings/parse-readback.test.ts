import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeRemediationPolicy, completeRestorePolicy } from './complete-policies.ts';
import { verbFor } from './node-presence.ts';
import { nodesToRead } from './nodes-to-read.ts';
import { parseReadback } from './parse-readback.ts';
import type { ReadResult } from './read-settings.ts';

const recovery = './Device/Vendor/MSFT/Recovery';
const credentials = './Device/Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/NetworkSettings/NetworkCredentials';
const ok = (path: string, value: string): ReadResult => ({ uri: `./Vendor/MSFT/Recovery/${path}`, status: 200, value });

test('values are read in any spelling of address and truth; of two results the last counts', () => {
  const read = parseReadback(
    [
      ok('QuickMachineRecovery/EnableQuickMachineRecovery', 'True'),
      { uri: 'Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/EnableAutoRemediation', status: 200, value: '1' },
      ok('QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot', ' 120 '),
      ok('QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval', '60'),
      { uri: `${recovery}/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval`, status: 200, value: '0' },
      ok('PointInTimeRestore/EnablePointInTimeRestore', 'false'),
      ok('PointInTimeRestore/SetMaxDiskUsage', '2048'),
      ok('PointInTimeRestore/SetRestorePointFrequency', '360'),
      ok('PointInTimeRestore/SetRestorePointRetention', '4320'),
    ],
    'recovery',
  );
  expect([read.remediation, read.restore, read.unknown]).toEqual([
    { cloudRemediation: true, autoRemediation: true, timeToRebootMinutes: 120, retryIntervalMinutes: 0 },
    { enabled: false, maxDiskBytes: 2_147_483_648, cadenceHours: 6, retentionHours: 72 },
    [],
  ]);
});

test.each([
  ['PointInTimeRestore/SetMaxDiskUsage', '2047', 'takes 2048 to 51200 megabytes, not 2047'],
  ['PointInTimeRestore/SetMaxDiskUsage', '', 'expected a whole number'],
  ['PointInTimeRestore/SetRestorePointFrequency', '300', 'a policy has no such cadence'],
  ['PointInTimeRestore/SetRestorePointFrequency', '0', 'takes at least 1 minutes'],
  ['PointInTimeRestore/SetRestorePointRetention', '4321', 'takes 1 to 4320'],
  ['PointInTimeRestore/SetRestorePointRetention', '60', 'a policy has no such retention'],
  ['QuickMachineRecovery/EnableQuickMachineRecovery', 'yes', 'expected true or false'],
  ['QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval', '1e3', 'expected a whole number'],
  ['QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval', '-1', 'takes 0 to 4320'],
  ['HeadlessMode', 'on', 'no such node'],
])('%s = %j is kept as it is: %s', (path, raw, reason) => {
  const read = parseReadback([ok(path, raw)], 'recovery');
  expect([read.remediation, read.restore, read.unknown]).toEqual([{}, {}, [{ uri: `${recovery}/${path}`, raw, reason: expect.stringContaining(reason) }]]);
});

test('a node that is not there, or not answered for, gives nothing and is no fault', () => {
  const read = parseReadback([{ uri: `${recovery}/PointInTimeRestore/SetMaxDiskUsage`, status: 404 }, { uri: `${recovery}/PointInTimeRestore/EnablePointInTimeRestore`, status: 500, value: 'true' }], 'recovery');
  expect([read.restore, read.unknown, read.nodes]).toEqual([{}, [], [{ uri: `${recovery}/PointInTimeRestore/SetMaxDiskUsage`, status: 404 }, { uri: `${recovery}/PointInTimeRestore/EnablePointInTimeRestore`, status: 500 }]]);
});

test('of networks without end some are looked at, and how many there are is said', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, index) => `n${index}`).join('/');
  const few = parseReadback([ok('NetworkSettings/Wifi', names(64))], 'recovery');
  expect([few.networks.length, few.stillToRead.length, few.unknown]).toEqual([64, 64, []]);
  const many = parseReadback([ok('NetworkSettings/Wifi', names(100_000))], 'recovery');
  expect([many.networks.length, many.stillToRead.length, many.unknown]).toEqual([64, 64, [{ uri: `${recovery}/NetworkSettings/Wifi`, reason: expect.stringContaining('100000') }]]);
});

test('with the master switch off, auto remediation is off, whatever is stored', () => {
  const read = parseReadback([ok('QuickMachineRecovery/EnableQuickMachineRecovery', 'false'), ok('QuickMachineRecovery/AutoRemediationSettings/EnableAutoRemediation', 'true')], 'recovery');
  expect(read.remediation).toEqual({ cloudRemediation: false, autoRemediation: false });
});

test('networks are named by the list of children; their profiles are read in a second round', () => {
  const first = [ok('NetworkSettings/Wifi', 'Depot%20%26%20Co/B%C3%BCro')];
  const read = parseReadback(first, 'recovery');
  expect(read.networks.map(({ ssid }) => ssid)).toEqual(['Depot & Co', 'Büro']);
  expect(read.stillToRead).toEqual([`${recovery}/NetworkSettings/Wifi/Depot%20%26%20Co/WlanXML`, `${recovery}/NetworkSettings/Wifi/B%C3%BCro/WlanXML`]);
  expect(parseReadback([...first, ...read.stillToRead.map((uri): ReadResult => ({ uri, status: 404 }))], 'recovery').stillToRead).toEqual([]);
});

test('a profile that was given names its network, though the list of networks was not', () => {
  const read = parseReadback([{ uri: `${recovery}/NetworkSettings/Wifi`, status: 405 }, ok('NetworkSettings/Wifi/B%C3%BCro/WlanXML', 'not XML'), { uri: `${recovery}/NetworkSettings/Wifi/other/WlanXML`, status: 404 }], 'recovery');
  expect([read.networks, read.stillToRead]).toEqual([[{ ssid: 'Büro', uri: `${recovery}/NetworkSettings/Wifi/B%C3%BCro` }], []]);
});

test('the password of RemoteRemediation is not asked for, and dropped when it comes', () => {
  expect(nodesToRead('remote-remediation').filter((uri) => uri.endsWith('NetworkPassword'))).toEqual([]);
  const read = parseReadback([{ uri: `${credentials}/NetworkPassword`, status: 200, value: 'canary' }, { uri: `${credentials}/NetworkSSID`, status: 200, value: 'depot' }], 'remote-remediation');
  expect([JSON.stringify(read).includes('canary'), read.networks]).toEqual([false, [{ ssid: 'depot', uri: credentials }]]);
});

test.each(['recovery', 'remote-remediation'] as const)('%s: what is asked for are readable nodes of the table', (dialect) => {
  const read = parseReadback(nodesToRead(dialect).map((uri) => ({ uri, status: 200, value: '4' })), dialect);
  expect(read.unknown.filter(({ reason }) => reason.includes('no such node'))).toEqual([]);
});

test('nothing a device sends makes it throw', () => {
  const uri = fc.oneof(fc.constantFrom(...nodesToRead('recovery'), ...nodesToRead('remote-remediation'), `${recovery}/NetworkSettings/Wifi/%zz/WlanXML`), fc.string());
  const result = fc.record({ uri, status: fc.integer(), value: fc.oneof(fc.string(), fc.constantFrom('%', 'a%/b', '//', 'true', '4320')) }, { requiredKeys: ['uri', 'status'] });
  fc.assert(
    fc.property(fc.array(result), fc.constantFrom('recovery' as const, 'remote-remediation' as const), (results, dialect) => {
      expect(parseReadback(results, dialect).dialect).toBe(dialect);
    }),
  );
});

test('Replace what is there, Add what is not, and Add when nobody knows', () => {
  const node = { uri: `${recovery}/NetworkSettings/Wifi/depot/WlanXML` };
  const verbAfter = (...results: ReadResult[]) => verbFor(node, parseReadback(results, 'recovery'));
  expect(verbFor(node, undefined)).toBe('Add');
  expect(verbAfter({ uri: node.uri, status: 200, value: 'x' })).toBe('Replace');
  expect(verbAfter({ uri: node.uri, status: 404 })).toBe('Add');
  expect(verbAfter({ uri: node.uri, status: 500 })).toBe('Add');
  expect(verbAfter(ok('NetworkSettings/Wifi/depot', 'WlanXML'))).toBe('Replace');
  expect(verbAfter(ok('NetworkSettings/Wifi', 'other'))).toBe('Add');
});

test('a policy is completed from what was asked for or from documented defaults, and says which members', () => {
  const read = { remediation: { cloudRemediation: true, autoRemediation: true, timeToRebootMinutes: 10 }, restore: { enabled: true } };
  expect(completeRemediationPolicy(read)).toEqual({ policy: { ...read.remediation, retryIntervalMinutes: 10 }, assumed: ['retryIntervalMinutes'], missing: [] });
  expect(completeRemediationPolicy({ remediation: {} })).toEqual({ assumed: ['timeToRebootMinutes', 'retryIntervalMinutes'], missing: ['cloudRemediation', 'autoRemediation'] });
  expect(completeRestorePolicy(read)).toEqual({ assumed: ['cadenceHours', 'retentionHours'], missing: ['maxDiskBytes'] });
  const asked = { enabled: false, cadenceHours: 6, retentionHours: 16, maxDiskBytes: 5 } as const;
  expect(completeRestorePolicy(read, asked)).toEqual({ policy: { ...asked, enabled: true }, assumed: ['cadenceHours', 'retentionHours', 'maxDiskBytes'], missing: [] });
});
