import type { SyncMlCommand } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { answersTo, facts, first, fresh, hold, last, messageOf, network, recovery, remediation, requestsIn, stored, type Say } from '../../../test/planned-session.ts';
import type { MdmTurn } from '../mdm-endpoint/mdm-turn.ts';
import { planMdmTurn } from '../mdm-endpoint/plan-mdm-turn.ts';

const wifi = `${recovery}/NetworkSettings/Wifi`;
const profileXml = '<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>depot</name><SSIDConfig><SSID><hex>6465706F74</hex><name>depot</name></SSID></SSIDConfig><connectionType>ESS</connectionType><connectionMode>auto</connectionMode><MSM><security><authEncryption><authentication>WPA2PSK</authentication><encryption>AES</encryption><useOneX>false</useOneX></authEncryption><sharedKey><keyType>passPhrase</keyType><protected>true</protected><keyMaterial>canary</keyMaterial></sharedKey></security></MSM></WLANProfile>';

/** A device that has what it should, and a network `old` that is to go until it was deleted. */
function device(): Say {
  const values = new Map([[`${wifi}/depot/WlanXML`, profileXml], [`${wifi}/old/WlanXML`, profileXml]]);
  return fresh((command, uri) => {
    const [item] = 'items' in command ? command.items : [];
    if (command.name === 'Delete') values.delete(`${uri}/WlanXML`);
    if (command.name === 'Add' && values.has(uri)) return 418;
    if (command.name === 'Add' || command.name === 'Replace') values.set(uri, uri.startsWith(wifi) ? profileXml : (item?.data ?? ''));
    if (command.name !== 'Get') return undefined;
    if (uri === wifi) return { value: [...values.keys()].filter((key) => key.startsWith(wifi)).map((key) => key.split('/').at(-2)).join('/') };
    const value = values.get(uri);
    return value === undefined ? undefined : { value };
  });
}
const given = { ...facts, desired: { remediation, networks: [network] } };

/** Answers to every second package of the server in two messages, and the server starts again between them. What it asks for again comes at once. */
function holdInHalves(say: Say, splitAt: (answers: readonly SyncMlCommand[]) => readonly [readonly SyncMlCommand[], readonly SyncMlCommand[]], from = 0): readonly MdmTurn[] {
  const turns: MdmTurn[] = [];
  const take = (commands: readonly SyncMlCommand[], isFinal: boolean): MdmTurn => {
    const before = turns.at(-1);
    const turn = planMdmTurn(before && stored(before.session), messageOf(turns.length + 1, commands, { isFinal }), { ...given, report: before?.report });
    turns.push(turn);
    return turn;
  };
  let turn = take(first.commands, true);
  for (let count = from; requestsIn(turn).length > 0 && turns.length < 60; count += 1) {
    const answers = answersTo(turn, say);
    if (count % 2 === 1) {
      turn = take(answers, true);
      continue;
    }
    const [one, other] = splitAt(answers);
    const begun = take(one, false);
    if (requestsIn(begun).some(({ name }) => name !== 'Alert')) throw new TypeError('the server goes on before the package is complete');
    turn = take(other, true);
  }
  return turns;
}
const endOf = (turns: readonly MdmTurn[]): unknown => {
  const { report } = last(turns);
  return { drift: report.drift, notExpressed: report.notExpressed, osBuild: report.osBuild, networks: report.actual?.networks, remediation: report.actual?.remediation, applied: report.appliedFingerprint, outcome: report.lastSession.outcome, refusals: report.lastSession.refusals };
};
const whole = endOf(hold(device(), given));

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15])('a server that starts again in the middle of a package comes to the same end (after %i answers)', (count) => {
  for (const from of [0, 1]) expect(endOf(holdInHalves(device(), (answers) => [answers.slice(0, count), answers.slice(count)], from))).toEqual(whole);
  expect(whole).toMatchObject({ outcome: 'converged', drift: [], networks: [{ ssid: 'depot' }] });
});

test('the rest of a value whose beginning was forgotten is no value', () => {
  let chunked = 0;
  const inChunks = (answers: readonly SyncMlCommand[]): readonly [readonly SyncMlCommand[], readonly SyncMlCommand[]] => {
    const at = answers.findIndex((command) => command.name === 'Results' && (command.items[0]?.data ?? '').length > 3);
    const results = answers[at];
    if (results?.name !== 'Results') return [answers.slice(0, 1), answers.slice(1)];
    chunked += 1;
    const [item = {}] = results.items;
    const data = item.data ?? '';
    const cut = data.includes('/') ? data.indexOf('/') + 1 : 2;
    const others = answers.toSpliced(at, 1);
    return [[...others, { ...results, items: [{ ...item, data: data.slice(0, cut), meta: { sizeBytes: data.length }, hasMoreData: true }] }], [{ ...results, commandId: '900', items: [{ ...item, data: data.slice(cut) }] }]];
  };
  for (const from of [0, 1]) expect(endOf(holdInHalves(device(), inChunks, from))).toEqual(whole);
  expect(chunked).toBeGreaterThan(4);
});

test('no value that a device gave is stored before it was looked at', () => {
  const turns = holdInHalves(device(), (answers) => [answers.slice(0, -1), answers.slice(-1)]);
  expect(JSON.stringify(turns.map(({ session }) => session))).toContain('canary');
  expect(JSON.stringify(turns.map(({ session }) => stored(session)))).not.toContain('canary');
});
