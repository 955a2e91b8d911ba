import { SecretValue } from '@winre-kit/sdk';
import { encodeSyncMl, type SyncMlCommand, type SyncMlMessage } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { answersTo, build, exec, facts, first, fresh, hold, last, messageOf, network, profile, recovery, remediation, requestsIn, restore, type Say } from '../../../test/planned-session.ts';
import type { MdmTurn } from './mdm-turn.ts';
import { planMdmTurn } from './plan-mdm-turn.ts';

test('a dialect whose root and nodes turn out to be absent gives way to the other one, and when that is absent too, to none', () => {
  for (const code of [404, 405, 406]) {
    const say = (isAbsent: (uri: string) => boolean): Say => (command, uri) => {
      if (uri.endsWith('SwV')) return build;
      if (/MSFT\/(?:Recovery|RemoteRemediation)$/.test(uri)) return 425;
      return isAbsent(uri) ? code : command.name === 'Get' ? 404 : 200;
    };
    const other = hold(say((uri) => uri.includes('/Recovery/')));
    expect(other.flatMap(requestsIn).filter(({ name }) => name === 'Atomic')).toHaveLength(2);
    // What the first dialect was refused for says nothing any more.
    expect(last(other).report).toMatchObject({ dialect: 'remote-remediation', lastSession: { refusals: [] } });
    const earlier = hold((command, uri) => (command.name === 'Add' && uri.includes('/QuickMachineRecovery/') ? 425 : say((each) => each.includes('/Recovery/'))(command, uri)), { desired: { remediation, restore } }, { maxMessageBytes: 2_600 });
    expect(last(earlier).report).toMatchObject({ dialect: 'remote-remediation', lastSession: { refusals: [] } });
    const none = hold(say(() => true));
    expect(last(none).report).toMatchObject({ dialect: 'none', lastSession: { outcome: 'unsupported' } });
    expect(last(none).session.step).toBe('done');
  }
});

test('a leaf that is refused says nothing about a provider and a group whose roots the device has shown', () => {
  for (const code of [404, 405, 406]) {
    const turns = hold(fresh((command, uri) => (command.name === 'Add' && uri.endsWith('/SetRetryInterval') ? code : command.name === 'Get' && uri.endsWith('/QuickMachineRecovery') ? 200 : undefined)));
    const { dialect, appliedFingerprint, lastSession } = last(turns).report;
    expect([dialect, appliedFingerprint, lastSession.outcome]).toEqual(['recovery', undefined, 'drifting']);
    expect(lastSession.refusals).toContainEqual({ name: 'Add', uri: `${recovery}/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval`, status: code });
  }
});

test('a refusal is told once, also when its message comes again', () => {
  const say = fresh((command, uri) => (command.name === 'Add' && uri.endsWith('/SetRetryInterval') ? 425 : undefined));
  const turns = hold(say);
  const at = turns.findIndex(({ report }) => report.lastSession.refusals.length > 0);
  const [before, turn] = [turns[at - 1], turns[at]];
  if (!before || !turn) throw new TypeError('nothing was refused');
  const again = planMdmTurn(before.session, messageOf(at + 1, answersTo(before, say)), { ...facts, report: turn.report });
  expect([again.reply, again.report]).toEqual([turn.reply, turn.report]);
});

test('a network that is refused keeps the desired state from counting as written, wherever in the session that was', () => {
  const wanted = { remediation, restore, networks: [network, { ...network, profile: { ...profile, ssid: 'yard' } }] };
  const write = (ssid: string | undefined): MdmTurn => last(hold(fresh((command, uri) => (command.name === 'Add' && ssid !== undefined && uri.includes(`/${ssid}/`) ? 425 : undefined)), { desired: wanted }, { maxMessageBytes: 2_900 }));
  expect(write(undefined).report.appliedFingerprint).toBe('f1');
  for (const ssid of ['depot', 'yard']) expect([ssid, write(ssid).report.appliedFingerprint, write(ssid).report.absentRoots]).toEqual([ssid, undefined, []]);
});

test('a desired state that changes while it is sent is written only when all of it was sent after the change, or before', () => {
  const isChange = ({ name }: SyncMlCommand): boolean => name === 'Atomic' || name === 'Add' || name === 'Replace';
  const seen = new Set<number>();
  for (let change = 2; change < 12; change += 1) {
    const turns = hold(fresh(() => undefined), (messageId) => ({ desired: { remediation, restore, networks: [network] }, fingerprint: messageId < change ? 'f1' : 'f2' }), { maxMessageBytes: 2_900 });
    const sent = new Set(turns.flatMap((turn, index) => (requestsIn(turn).some(isChange) ? [index + 1 < change ? 'f1' : 'f2'] : [])));
    expect({ change, applied: last(turns).report.appliedFingerprint }).toEqual({ change, applied: sent.size === 1 ? [...sent][0] : undefined });
    seen.add(sent.size);
  }
  expect(seen).toEqual(new Set([1, 2]));
});

test('a node that could not be read and is there all the same is replaced in the same session', () => {
  const turns = hold(fresh((command, uri) => (uri.endsWith('/SetRetryInterval') ? (command.name === 'Get' ? 425 : command.name === 'Add' ? 418 : 200) : undefined)));
  const members = turns.flatMap(requestsIn).flatMap((command) => (command.name === 'Atomic' ? [command.commands.map(({ name }) => name)] : []));
  expect(members.map((names) => names.toSorted())).toEqual([['Add', 'Add', 'Add', 'Add'], ['Add', 'Add', 'Add', 'Replace']]);
  expect(last(turns).report).toMatchObject({ appliedFingerprint: 'f1', lastSession: { refusals: [] } });
});

test('a device that lists networks without end is asked about some of them, in messages that it takes', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `n${index}`).join('/');
  const turns = hold(fresh((command, uri) => (command.name === 'Get' && uri.endsWith('/Wifi') ? { value: names } : undefined)), { removes: [] }, { maxMessageBytes: 2_900 });
  const gets = turns.flatMap(requestsIn).filter(({ name }) => name === 'Get');
  expect(gets.length).toBeGreaterThan(64);
  expect(gets.length).toBeLessThan(200);
  for (const { reply } of turns) expect(encodeSyncMl(reply).length).toBeLessThanOrEqual(2_900);
});

test('groups that a build does not have are named as not expressed, and are no drift', () => {
  const noWifi = fresh((command, uri) => (uri.includes('/Wifi') ? 404 : undefined));
  const desired = { networks: [network] };
  const { drift, notExpressed, absentRoots, lastSession } = last(hold(noWifi, { desired })).report;
  expect([drift, absentRoots, lastSession.outcome]).toEqual([[], [`${recovery}/NetworkSettings/Wifi`], 'converged']);
  expect(notExpressed).toEqual([{ setting: 'networks', kind: 'unsupported', reason: expect.stringContaining('NetworkSettings/Wifi') }]);
  const leftOut = [{ setting: 'networks', kind: 'unsupported' as const, reason: 'no room' }];
  expect(last(hold(noWifi, { desired: {}, leftOut })).report.notExpressed).toEqual(leftOut);
});

test('a device that stays busy is asked again a few times, and the report says what its next session begins with', () => {
  const turns = hold(() => 417, { execs: [exec] });
  const whole = last(turns);
  expect(turns.flatMap(requestsIn).map(({ name }) => name)).not.toContain('Exec');
  expect(whole.report.lastSession).toMatchObject({ outcome: 'busy', retries: 3, putOff: { uris: ['./DevDetail/SwV', './Vendor/MSFT/Recovery', './Vendor/MSFT/RemoteRemediation'], until: 'next-session' } });
  expect(whole.session.step).toBe('done');
  const unread = hold(fresh((command, uri) => (command.name === 'Get' && uri.endsWith('/SetRetryInterval') ? 503 : undefined)));
  expect(unread.flatMap(requestsIn).some(({ name }) => name === 'Atomic')).toBe(false);
  expect(last(unread).report.lastSession).toMatchObject({ outcome: 'busy', putOff: { uris: [`${recovery}/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval`] } });
  const unwritten = hold(fresh((command) => (command.name === 'Add' ? 417 : undefined)));
  expect(unwritten.flatMap(requestsIn).filter(({ name }) => name === 'Atomic')).toHaveLength(4);
  expect(last(unwritten).report.lastSession).toMatchObject({ outcome: 'busy', retries: 3, putOff: { uris: [`${recovery}/QuickMachineRecovery`] } });
  // The next session begins anew.
  const next = last(hold(fresh(() => undefined), { now: '2026-11-22T04:00:00.000Z' }, { report: last(unwritten).report })).report;
  expect([next.appliedFingerprint, next.lastSession.putOff]).toEqual(['f1', undefined]);
});

test('a network that is gone before it is deleted, and a node that is gone before it is replaced, say nothing about the build', () => {
  const read: Say = (command, uri) => {
    if (uri.endsWith('SwV')) return build;
    if (command.name === 'Get' && uri.endsWith('/Wifi')) return { value: 'old' };
    if (command.name === 'Get') return uri.endsWith('/EnableQuickMachineRecovery') ? { value: 'false' } : uri.endsWith('MSFT/Recovery') ? 200 : 404;
    return command.name === 'Delete' || command.name === 'Replace' ? 404 : 200;
  };
  const turns = hold(read, { desired: { remediation, networks: [{ profile, key: new SecretValue('correct horse') }] } });
  expect(turns.flatMap(requestsIn).map(({ name }) => name)).toEqual(expect.arrayContaining(['Delete', 'Atomic', 'Add']));
  expect(last(turns).report).toMatchObject({ dialect: 'recovery', absentRoots: [] });
  expect(last(turns).report.lastSession.refusals.map(({ name, status }) => [name, status])).toEqual([['Replace', 404]]);
});

test('the same message is answered the same way, but for an Exec', () => {
  const turns = hold((command, uri) => (uri.endsWith('SwV') ? build : command.name === 'Get' ? 404 : 200), { execs: [exec] });
  const sent = turns.findIndex((turn) => requestsIn(turn).some(({ name }) => name === 'Exec'));
  expect(sent).toBeGreaterThan(0);
  const before = turns[sent - 1];
  if (!before) throw new TypeError('no turn before');
  const message = messageOf(sent + 1, answersTo(before, (command, uri) => (uri.endsWith('SwV') ? build : command.name === 'Get' ? 404 : 200)));
  const again = planMdmTurn(before.session, message, { ...facts, report: before.report, execs: [exec] });
  expect(again).toEqual(turns[sent]);
  expect(again.effects).toContainEqual({ kind: 'exec-sent', execKey: 'e1' });
  const afterwards = planMdmTurn(before.session, message, { ...facts, report: before.report, execs: [{ ...exec, state: 'sent' }] });
  expect(requestsIn(afterwards)).toEqual([]);
});

test('an Exec is done or failed by its status, and unknown without one or with another session', () => {
  const say = (code: number): Say => (command, uri) => (uri.endsWith('SwV') ? build : command.name === 'Exec' ? code : 404);
  const outcomeOf = (code: number): unknown => hold(say(code), { desired: {}, execs: [exec] }).flatMap(({ effects }) => effects).find(({ kind }) => kind === 'exec-settled');
  expect(outcomeOf(200)).toEqual({ kind: 'exec-settled', execKey: 'e1', state: 'done', status: 200 });
  expect(outcomeOf(417)).toEqual({ kind: 'exec-settled', execKey: 'e1', state: 'failed', status: 417 });
  for (const status of [500, 516, 214]) expect(outcomeOf(status)).toEqual({ kind: 'exec-settled', execKey: 'e1', state: 'unknown', status });
  const sent = hold(say(200), { desired: {}, execs: [exec] }).find((turn) => requestsIn(turn).some(({ name }) => name === 'Exec'));
  const silent = planMdmTurn(sent?.session, messageOf(9, []), { ...facts, execs: [{ ...exec, state: 'sent' }] });
  expect(silent.effects).toEqual([{ kind: 'exec-settled', execKey: 'e1', state: 'unknown' }]);
  const anew = planMdmTurn(sent?.session, messageOf(1, first.commands, {}, 's2'), { ...facts, execs: [{ ...exec, state: 'sent' }] });
  expect(anew.effects).toEqual([{ kind: 'exec-settled', execKey: 'e1', state: 'unknown' }]);
});

test('a device that has run its unenrolment has left; one that refused it has not', () => {
  const end = (code: number): MdmTurn => last(hold((command, uri) => (uri.endsWith('SwV') ? build : command.name === 'Exec' ? code : 404), { desired: {}, execs: [exec] }));
  expect(end(200)).toMatchObject({ effects: expect.arrayContaining([{ kind: 'unenrolled' }]), report: { lastSession: { outcome: 'unenrolled' } } });
  for (const code of [417, 500]) expect(end(code).effects).not.toContainEqual({ kind: 'unenrolled' });
});

test('a package of several messages is taken together: 1222 asks for the rest, a chunk is buffered, and nothing else is asked before', () => {
  const begun = planMdmTurn(undefined, first, facts);
  const [status, ...answers] = answersTo(begun, (_, uri) => (uri.endsWith('SwV') ? build : 200));
  const half = planMdmTurn(begun.session, messageOf(2, [status, ...answers.slice(0, 1)].filter((command) => command !== undefined), { isFinal: false }), facts);
  expect(requestsIn(half)).toMatchObject([{ name: 'Alert', code: 1_222 }]);
  const whole = planMdmTurn(half.session, messageOf(3, answers.slice(1)), { ...facts, report: half.report });
  expect(whole.report.osBuild).toBe('10.0.26100.8737');
  expect(requestsIn(whole).map(({ name }) => name)).toContain('Get');

  const get = begun.reply.commands.find(({ name }) => name === 'Get')?.commandId ?? '';
  const chunk = (data: string, sizeBytes?: number): SyncMlCommand => ({ name: 'Results', commandId: '9', messageRef: '1', commandRef: get, command: 'Get', items: [{ source: './DevDetail/SwV', data, ...(sizeBytes !== undefined && { meta: { sizeBytes }, hasMoreData: true }) }] });
  const others = answers.filter((command) => !(command.name === 'Results' && command.commandRef === get));
  const buffered = planMdmTurn(begun.session, messageOf(2, [...others, chunk('10.0.26100', 15)], { isFinal: false }), facts);
  expect(buffered.reply.commands.at(-2)).toMatchObject({ name: 'Status', command: 'Results', code: 213 });
  const complete = planMdmTurn(buffered.session, messageOf(3, [chunk('.8737')]), { ...facts, report: buffered.report });
  expect(complete.report.osBuild).toBe('10.0.26100.8737');

  const lying = planMdmTurn(begun.session, messageOf(2, [...others, chunk('10.0.26100', 99)], { isFinal: false }), facts);
  const caught = planMdmTurn(lying.session, messageOf(3, [chunk('.8737')]), { ...facts, report: lying.report });
  expect(caught.reply.commands).toContainEqual(expect.objectContaining({ name: 'Status', command: 'Results', code: 424 }));
  expect(caught.report.osBuild).toBeUndefined();
});

test('answers to another message, and orders of the device, change nothing', () => {
  const begun = planMdmTurn(undefined, first, facts);
  const stray = answersTo(begun, (_, uri) => (uri.endsWith('SwV') ? build : 200)).map((command) => ('messageRef' in command ? { ...command, messageRef: '7' } : command));
  const turn = planMdmTurn(begun.session, messageOf(2, [...stray, { name: 'Exec', commandId: '77', items: [{ target: './x' }] }]), facts);
  expect(turn.report.osBuild).toBeUndefined();
  expect(turn.reply.commands).toContainEqual(expect.objectContaining({ name: 'Status', commandRef: '77', code: 405 }));
});

test('a client that ends the session, or was unenrolled by its user, is asked for nothing more', () => {
  const begun = planMdmTurn(undefined, first, facts);
  const alert = (code: number, type?: string): SyncMlMessage => messageOf(2, [{ name: 'Alert', commandId: '1', code, items: type === undefined ? [] : [{ meta: { type } }] }]);
  const aborted = planMdmTurn(begun.session, alert(1_223), { ...facts, report: begun.report });
  expect([requestsIn(aborted), begun.report.lastSession.outcome, aborted.report.lastSession.outcome]).toEqual([[], 'running', 'aborted']);
  // What was found out before stays.
  const judged = hold(fresh(() => undefined), { desired: {}, execs: [exec] }).find(({ session }) => session.step === 'execute');
  expect(judged && planMdmTurn(judged.session, alert(1_223), { ...facts, desired: {}, report: judged.report }).report.lastSession.outcome).toBe('converged');
  const gone = planMdmTurn(begun.session, alert(1_226, 'com.microsoft:mdm.unenrollment.userrequest'), facts);
  expect([requestsIn(gone), gone.effects, gone.report.lastSession.outcome]).toEqual([[], [{ kind: 'unenrolled' }], 'unenrolled']);
});

test('neither session nor report ever hold a key', () => {
  const say: Say = (command, uri) => (uri.endsWith('SwV') ? build : command.name === 'Get' && uri.includes('WlanXML') ? { value: '<keyMaterial>correct horse</keyMaterial>' } : command.name === 'Get' && uri.endsWith('/Wifi') ? { value: 'depot' } : 200);
  const turns = hold(say, { desired: { remediation, networks: [{ profile, key: new SecretValue('correct horse') }] } });
  expect(JSON.stringify(turns.map(({ reply }) => reply))).toContain('correct horse');
  expect(JSON.stringify(turns.map(({ session, report, effects }) => ({ session, report, effects })))).not.toContain('correct horse');
});
