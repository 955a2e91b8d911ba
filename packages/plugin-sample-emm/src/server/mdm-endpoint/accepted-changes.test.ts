import type { SyncMlCommand } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { answersTo, exec, facts, first, fresh, hold, last, messageOf, network, profile, recovery, remediation, requestsIn, restore, type Say } from '../../../test/planned-session.ts';
import type { MdmReport } from './mdm-session.ts';
import type { MdmTurn } from './mdm-turn.ts';
import { planMdmTurn } from './plan-mdm-turn.ts';

const disk = `${recovery}/PointInTimeRestore/SetMaxDiskUsage`;
const profileUri = `${recovery}/NetworkSettings/Wifi/depot/WlanXML`;
const profileXml = '<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>depot</name><SSIDConfig><SSID><hex>6465706F74</hex><name>depot</name></SSID></SSIDConfig><connectionType>ESS</connectionType><connectionMode>auto</connectionMode><MSM><security><authEncryption><authentication>WPA2PSK</authentication><encryption>AES</encryption><useOneX>false</useOneX></authEncryption><sharedKey><keyType>passPhrase</keyType><protected>true</protected><keyMaterial>00</keyMaterial></sharedKey></security></MSM></WLANProfile>';

/** A device that keeps what it is given; what `isLate` names it accepts, and has it only once `isDone`. */
function device(isLate: (uri: string, name: string) => boolean): { readonly say: Say; readonly finish: () => void } {
  const values = new Map<string, string>();
  const late = new Map<string, string>();
  const say: Say = fresh((command, uri) => {
    const [item] = 'items' in command ? command.items : [];
    if (command.name === 'Add' || command.name === 'Replace') {
      if (command.name === 'Add' && values.has(uri)) return 418;
      (isLate(uri, command.name) ? late : values).set(uri, uri === profileUri ? profileXml : (item?.data ?? ''));
      return isLate(uri, command.name) ? 202 : 200;
    }
    if (command.name === 'Get' && uri.endsWith('/Wifi')) return values.has(profileUri) ? { value: 'depot' } : 404;
    const value = values.get(uri);
    return command.name === 'Get' && value !== undefined ? { value } : undefined;
  });
  return { say, finish: () => late.forEach((value, uri) => values.set(uri, value)) };
}
const alert = (source: string, data: string, code = 1_226): SyncMlCommand => ({ name: 'Alert', commandId: '8', code, items: [{ source, meta: { type: 'Reversed-Domain-Name:com.example.done', format: 'int' }, data }] });
/** The first turn of a session whose first message says what ended. */
const tell = (command: SyncMlCommand, report: MdmReport | undefined, execs = facts.execs): MdmTurn => planMdmTurn(undefined, messageOf(1, [...first.commands, command]), { ...facts, report, execs });
const isSent = (turns: readonly MdmTurn[]): boolean => turns.flatMap(requestsIn).some(({ name }) => name === 'Atomic' || name === 'Add' || name === 'Replace');

test('a change that was only accepted is not done: it is waited for, until a Get shows it', () => {
  const { say, finish } = device((uri) => uri === disk);
  const desired = { remediation, restore };
  const { report } = last(hold(say, { desired }));
  expect(report).toMatchObject({ accepted: { fingerprint: 'f1', changes: [{ name: 'Add', uri: disk }] }, lastSession: { outcome: 'waiting' } });
  expect(report.appliedFingerprint).toBeUndefined();
  finish();
  const later = hold(say, { desired }, { report });
  expect([isSent(later), last(later).report.appliedFingerprint, last(later).report.accepted, last(later).report.lastSession.outcome]).toEqual([false, 'f1', undefined, 'converged']);
});

test('one that shows at once, in the same session, is done', () => {
  const shown = device(() => false);
  const accepting: Say = (command, uri) => {
    const said = shown.say(command, uri);
    return (command.name === 'Add' || command.name === 'Replace') && said === 200 ? 202 : said;
  };
  // A node that was not there before shows by being there, though its key never does.
  expect(last(hold(accepting, { desired: { remediation, networks: [network] } })).report).toMatchObject({ appliedFingerprint: 'f1', lastSession: { outcome: 'converged' } });
});

test('a password that nobody reads shows by its name in the list of its parent', () => {
  const credentials = './Device/Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/NetworkSettings/NetworkCredentials';
  const older = (children: string): Say => {
    const { say } = device(() => false);
    return (command, uri) => {
      if (uri.endsWith('SwV')) return { value: '10.0.26100.4700' };
      if (command.name === 'Get' && /MSFT\/(?:Recovery|RemoteRemediation)$/.test(uri)) return uri.endsWith('MSFT/Recovery') ? 404 : 200;
      const said = say(command, uri);
      if (command.name === 'Get' && uri === credentials) return typeof say({ name: 'Get', commandId: '1', items: [{ target: `${credentials}/NetworkSSID` }] }, `${credentials}/NetworkSSID`) === 'number' ? 404 : { value: children };
      return (command.name === 'Add' || command.name === 'Replace') && said === 200 ? 202 : said;
    };
  };
  const desired = { remediation, networks: [network] };
  expect(last(hold(older('NetworkSSID/NetworkPassword'), { desired })).report).toMatchObject({ dialect: 'remote-remediation', appliedFingerprint: 'f1', lastSession: { outcome: 'converged' } });
  expect(last(hold(older('NetworkSSID'), { desired })).report.accepted?.changes).toEqual([{ name: 'Add', uri: `${credentials}/NetworkPassword` }]);
});

test('that a key was replaced shows in nothing but the word of the device', () => {
  const { say } = device((uri, name) => uri === profileUri && name === 'Replace');
  const desired = { networks: [network] };
  const before = last(hold(say, { desired, fingerprint: 'f0' })).report;
  expect(before.appliedFingerprint).toBe('f0');
  const { report } = last(hold(say, { desired }, { report: before }));
  expect([report.drift, report.lastSession.outcome, report.accepted?.changes, report.appliedFingerprint]).toEqual([[], 'waiting', [{ name: 'Replace', uri: profileUri }], undefined]);
  expect(last(hold(say, { desired }, { report })).report.lastSession.outcome).toBe('waiting');
  for (const code of [1_226, 1_224]) expect(tell(alert('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/depot/WlanXML', '0', code), report)).toMatchObject({ report: { appliedFingerprint: 'f1' }, effects: [{ kind: 'finished', state: 'done' }] });
  expect(tell(alert('./Vendor/MSFT/Recovery/NetworkSettings/Wifi', '200'), report).report.appliedFingerprint).toBe('f1');
  expect(tell(alert('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/yard', '0'), report).report.accepted).toBeDefined();
  // Failed, or who knows: it is written anew.
  for (const data of ['-2147024891', '0x80070005', 'perhaps']) {
    const told = tell(alert(profileUri, data), report).report;
    expect([told.appliedFingerprint, told.accepted]).toEqual([undefined, undefined]);
    expect(isSent(hold(say, { desired }, { report: told }))).toBe(true);
  }
});

test.each([425, 500])('a list of networks that could not be read (%i) is no empty list: nothing has converged, and a Delete that was accepted has not shown', (status) => {
  const wifi = `${recovery}/NetworkSettings/Wifi`;
  for (const removes of ['others', ['old']] as const) {
    let listings: readonly ReturnType<Say>[] = [];
    const say = fresh((command, uri) => {
      if (command.name === 'Delete') return 202;
      if (command.name !== 'Get' || uri !== wifi) return undefined;
      const [next = status, ...others] = listings;
      listings = others;
      return next;
    });
    const given = { desired: { networks: [] }, removes };
    expect(last(hold(say, given)).report.lastSession.outcome).not.toBe('converged');
    listings = [{ value: 'old' }];
    const { report } = last(hold(say, given));
    expect([report.accepted?.changes, report.appliedFingerprint, report.lastSession.outcome === 'converged']).toEqual([[{ name: 'Delete', uri: `${wifi}/old` }], undefined, false]);
    listings = [{ value: '' }];
    expect(last(hold(say, given, { report })).report.lastSession.outcome).toBe('converged');
  }
});

test('an Exec that was accepted stays so over sessions, until an alert tells its end', () => {
  const turns = hold(fresh((command) => (command.name === 'Exec' ? 202 : undefined)), { desired: {}, execs: [exec] });
  const effects = turns.flatMap((turn) => turn.effects);
  expect(effects).toContainEqual({ kind: 'exec-settled', execKey: 'e1', state: 'accepted', status: 202 });
  expect(effects).not.toContainEqual({ kind: 'unenrolled' });
  const accepted = { ...exec, state: 'accepted' as const };
  expect(tell({ name: 'Alert', commandId: '8', code: 1_224, items: [{ meta: { type: 'com.microsoft/MDM/LoginStatus' }, data: 'user' }] }, undefined, [accepted]).effects).toEqual([]);
  expect(tell(alert('./Device/Vendor/MSFT/DMClient/Unenroll', '1'), undefined, [accepted]).effects).toEqual([{ kind: 'exec-settled', execKey: 'e1', state: 'failed' }]);
  expect(tell(alert('./Device/Vendor/MSFT/DMClient/Unenroll', ''), undefined, [accepted]).effects).toEqual([{ kind: 'exec-settled', execKey: 'e1', state: 'unknown' }]);
  const done = tell(alert('./Vendor/MSFT/DMClient/Unenroll', '0'), undefined, [{ ...accepted, execKey: 'e0' }, accepted]);
  expect(done.effects).toEqual([{ kind: 'exec-settled', execKey: 'e0', state: 'done' }, { kind: 'unenrolled' }]);
  expect(requestsIn(done)).toEqual([]);
});

/** Holds a session with a device that tells `alerts` in the message in which it answers with 202 what was sent, and the state they are taken in. */
function holdWithAlerts(say: Say, given: Partial<typeof facts>, alerts: (turn: MdmTurn) => readonly SyncMlCommand[], report: MdmReport | undefined, maxMessageBytes = 100_000): readonly MdmTurn[] {
  const meta = { meta: { maxMessageBytes } };
  let execs = given.execs ?? [];
  const turns: MdmTurn[] = [planMdmTurn(undefined, { ...first, header: { ...first.header, ...meta } }, { ...facts, ...given, report })];
  for (let messageId = 2; messageId < 40; messageId += 1) {
    const before = last(turns);
    if (requestsIn(before).length === 0) break;
    execs = execs.map((each) => (before.effects.some((effect) => effect.kind === 'exec-sent') ? { ...each, state: 'sent' } : each));
    const more: SyncMlCommand[] = before.reply.isFinal ? [] : [{ name: 'Alert', commandId: '999', code: 1_222, items: [] }];
    const message = messageOf(messageId, [...answersTo(before, say), ...alerts(before), ...more], { isFinal: before.reply.isFinal });
    turns.push(planMdmTurn(before.session, { ...message, header: { ...message.header, ...meta } }, { ...facts, ...given, execs, report: before.report }));
  }
  return turns;
}

test('an Exec whose end comes in the message that accepts it is settled', () => {
  const turns = holdWithAlerts(fresh((command) => (command.name === 'Exec' ? 202 : undefined)), { desired: {}, execs: [exec] }, (turn) => (requestsIn(turn).some(({ name }) => name === 'Exec') ? [alert(exec.uri, '0')] : []), undefined);
  expect(turns.flatMap(({ effects }) => effects).filter(({ kind }) => kind !== 'sent' && kind !== 'answered')).toEqual([
    { kind: 'exec-sent', execKey: 'e1' }, { kind: 'exec-settled', execKey: 'e1', state: 'accepted', status: 202 }, { kind: 'exec-settled', execKey: 'e1', state: 'done' }, { kind: 'unenrolled' },
  ]);
});

test('the end of a change counts although it comes in the message that accepts it, or before the last change was sent', () => {
  const { say } = device((uri, name) => uri === profileUri && name === 'Replace');
  const before = last(hold(say, { desired: { networks: [network] }, fingerprint: 'f0' })).report;
  const isProfileIn = (turn: MdmTurn): boolean => requestsIn(turn).some((command) => command.name === 'Replace' && command.items[0]?.target === profileUri);
  const end = (data: string, isWhen: (turn: MdmTurn) => boolean, maxMessageBytes?: number): readonly MdmTurn[] =>
    holdWithAlerts(say, { desired: { networks: [{ ...network, profile: { ...profile, ssid: 'depot' } }, { ...network, profile: { ...profile, ssid: 'yard' } }] } }, (turn) => (isWhen(turn) ? [alert(profileUri, data)] : []), before, maxMessageBytes);
  for (const turns of [end('0', isProfileIn), end('0', (turn) => isProfileIn(turn), 2_900), end('0', (turn) => turn.session.accepted.length > 0 && turn.session.step === 'apply', 2_900)]) {
    expect(last(turns).report).toMatchObject({ appliedFingerprint: 'f1' });
    expect(last(turns).report.accepted).toBeUndefined();
    expect(turns.flatMap(({ effects }) => effects).filter(({ kind }) => kind === 'finished')).toEqual([{ kind: 'finished', uri: profileUri, state: 'done' }]);
  }
  // It failed: everything is written anew.
  const failed = last(end('0x80070005', isProfileIn)).report;
  expect([failed.appliedFingerprint, failed.accepted]).toEqual([undefined, undefined]);
  // Of what was not accepted no end is told.
  const early = end('0', (turn) => turn.session.step === 'read');
  expect([last(early).report.accepted?.changes, early.flatMap(({ effects }) => effects).some(({ kind }) => kind === 'finished')]).toEqual([[{ name: 'Replace', uri: profileUri }], false]);
});
