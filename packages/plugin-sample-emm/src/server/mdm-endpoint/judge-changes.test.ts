import { SecretValue } from '@winre-kit/sdk';
import { compileSettings, type ReadResult } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { judgeChanges } from './judge-changes.ts';
import type { AskedCommand } from './mdm-session.ts';

const wifi = './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi';
const restore = './Device/Vendor/MSFT/Recovery/PointInTimeRestore';
const networkOf = (ssid: string) => ({ profile: { kind: 'wifi-wpa2-psk' as const, ssid, key: { secret: 'wifi' }, hidden: false }, key: new SecretValue('correct horse') });
const compiled = compileSettings(
  { restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 4_096 * 1_048_576 }, networks: [networkOf('depot'), networkOf('yard')] },
  { build: { build: 26_100, revision: 8_737 }, edition: 'enterprise' },
);
let last = 0;
const answer = (name: AskedCommand['name'], uri: string, status?: number, members?: readonly AskedCommand[]): AskedCommand => ({ commandId: String((last += 1)), name, uri, ...(status !== undefined && { status }), ...(members && { members }) });
const profileOf = (ssid: string): string => `${wifi}/${ssid}/WlanXML`;
const judge = (asked: readonly AskedCommand[], found: readonly ReadResult[] = []) => judgeChanges(asked, found, compiled, false);

test.each([425, 500, 516, 404, 405, 406, 420, 215, undefined])('a network that was answered %s was not written', (status) => {
  expect(judge([answer('Add', profileOf('depot'), 200), answer('Add', profileOf('yard'), status)], [{ uri: wifi, status: 200 }])).toMatchObject({ isDone: false, absentRoots: [], lacksDialect: false });
});

test('the Wi-Fi nodes are absent only when their root is and nothing below was seen or took a value', () => {
  const both = (first: number, second: number): readonly AskedCommand[] => [answer('Add', profileOf('depot'), first), answer('Add', profileOf('yard'), second)];
  const rootGone: ReadResult = { uri: wifi, status: 405 };
  expect(judge(both(405, 405), [rootGone])).toMatchObject({ absentRoots: [wifi], isDone: true });
  expect(judge(both(404, 404), [{ uri: wifi, status: 425 }])).toMatchObject({ absentRoots: [], isDone: false });
  expect(judge(both(200, 404), [rootGone])).toMatchObject({ absentRoots: [], isDone: false });
  expect(judge(both(404, 404), [rootGone, { uri: profileOf('other'), status: 200 }])).toMatchObject({ absentRoots: [], isDone: false });
});

test('an Add of what is there is no refusal: the node is known from then on', () => {
  const { existing, isDone, refusals, found } = judge([answer('Add', profileOf('depot'), 418)], [{ uri: profileOf('depot'), status: 425 }]);
  expect([existing, isDone, refusals, found]).toEqual([[profileOf('depot')], true, [], [{ uri: profileOf('depot'), status: 200 }]]);
});

test('what was accepted is no refusal and not done either: it is named; of an Atomic all members are', () => {
  expect(judge([answer('Add', profileOf('depot'), 202), answer('Add', profileOf('yard'), 200)])).toMatchObject({ isDone: true, accepted: [{ name: 'Add', uri: profileOf('depot') }], refusals: [] });
  const members = (first?: number, second?: number): readonly AskedCommand[] => [answer('Add', `${restore}/a`, first), answer('Replace', `${restore}/b`, second)];
  const both = [{ name: 'Add', uri: `${restore}/a` }, { name: 'Replace', uri: `${restore}/b` }];
  expect(judge([answer('Atomic', restore, 202, members())])).toMatchObject({ isDone: true, accepted: both });
  expect(judge([answer('Atomic', restore, 200, members(200, 202))])).toMatchObject({ isDone: true, accepted: both });
  expect(judge([answer('Atomic', restore, 200, members(200))])).toMatchObject({ isDone: false, accepted: [] });
  expect(judge([answer('Atomic', restore, 507, members(202, 216))])).toMatchObject({ isDone: false, accepted: [] });
});

test('what an Atomic added that failed was taken back, whatever its members said', () => {
  const { found, isDone } = judge([answer('Atomic', restore, 507, [answer('Add', `${restore}/a`, 200), answer('Add', `${restore}/b`, 418)])]);
  expect([found, isDone]).toEqual([[{ uri: `${restore}/b`, status: 200 }], true]);
});

test('of an Atomic the member that failed speaks; busy comes before all else, and none is done when one is not', () => {
  const atomic = (...codes: readonly number[]) => judge([answer('Atomic', restore, codes.every((code) => code === 200) ? 200 : 507, codes.map((code, index) => answer('Add', `${restore}/${index}`, code)))]);
  expect(atomic(200, 200)).toMatchObject({ isDone: true, busy: [], refusals: [] });
  expect(atomic(216, 425, 216)).toMatchObject({ isDone: false, busy: [], refusals: [{ name: 'Add', uri: `${restore}/1`, status: 425 }] });
  expect(atomic(216, 417)).toMatchObject({ busy: [restore], refusals: [] });
  expect(atomic(216, 404)).toMatchObject({ isDone: false, lacksDialect: true });
  expect(atomic(216, 418)).toMatchObject({ existing: [restore], isDone: true });
});

test('an Atomic that failed although no member is to blame is told itself; one with a culprit is not', () => {
  const failed = (...codes: readonly (number | undefined)[]) => judge([answer('Atomic', restore, 507, codes.map((code, index) => answer('Add', `${restore}/${index}`, code)))]);
  const own = { name: 'Atomic', uri: restore, status: 507 };
  for (const codes of [[216, 216], [200, 216], [undefined, undefined], []]) expect(failed(...codes)).toMatchObject({ isDone: false, refusals: [own] });
  for (const code of [425, 404, 417, 418, 500]) expect([code, failed(216, code).refusals.some(({ name }) => name === 'Atomic')]).toEqual([code, false]);
});
