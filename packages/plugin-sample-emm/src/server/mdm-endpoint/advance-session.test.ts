import type { SyncMlCommand } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { answersTo, build, exec, facts, first, fresh, hold, last, messageOf, network, remediation, requestsIn, type Say } from '../../../test/planned-session.ts';
import type { MdmTurn } from './mdm-turn.ts';
import { planMdmTurn } from './plan-mdm-turn.ts';

const isExec = ({ name }: SyncMlCommand): boolean => name === 'Exec';
const isFact = (uri: string): boolean => uri.endsWith('SwV') || /MSFT\/(?:Recovery|RemoteRemediation)$/.test(uri);
const known = last(hold(fresh(() => undefined))).report;

test('a device that refuses to say who it is keeps the build that it told before', () => {
  for (const code of [425, 500]) {
    const { report } = last(hold(fresh((_, uri) => (isFact(uri) ? code : undefined)), {}, { report: known }));
    expect(report).toMatchObject({ osBuild: build.value, dialect: 'recovery', absentRoots: [] });
    expect(report.actual).toBeDefined();
  }
});

test('one of which neither build nor providers are known is put off: nothing is said of it, and no Exec is sent', () => {
  const { osBuild: _, ...unnamed } = known;
  const wanted = { desired: { remediation, networks: [network] }, execs: [exec] };
  for (const say of [(_: unknown, uri: string) => (isFact(uri) ? 425 : 200), () => 500] satisfies Say[]) {
    const turns = hold(say, wanted, { report: unnamed });
    expect(turns.flatMap(requestsIn).filter(isExec)).toEqual([]);
    expect(last(turns).report).toMatchObject({ dialect: 'recovery', actual: known.actual, notExpressed: [], lastSession: { outcome: 'busy', putOff: { until: 'next-session' } } });
  }
  const begun = planMdmTurn(undefined, first, { ...facts, execs: [exec] });
  const silent = planMdmTurn(begun.session, messageOf(2, []), { ...facts, execs: [exec], report: begun.report });
  expect([requestsIn(silent), silent.session.step, silent.report.lastSession.outcome]).toEqual([[], 'done', 'busy']);
});

test('that it has neither provider is said when it said so of both, or when its build has none', () => {
  const outcomeOf = (say: Say): unknown => last(hold(say)).report.lastSession.outcome;
  for (const code of [404, 405, 406]) expect(outcomeOf((_, uri) => (uri.endsWith('SwV') ? 425 : isFact(uri) ? code : 200))).toBe('unsupported');
  expect(outcomeOf((_, uri) => (uri.endsWith('MSFT/Recovery') ? 404 : 425))).toBe('busy');
  expect(outcomeOf((_, uri) => (uri.endsWith('SwV') ? { value: '10.0.22621.1000' } : 425))).toBe('unsupported');
});

test('what there was no room to ask is asked next, before a provider is chosen', () => {
  const meta = { meta: { maxMessageBytes: 1_536 } };
  const say: Say = (_, uri) => (uri.endsWith('SwV') ? 425 : uri.endsWith('RemoteRemediation') ? 200 : 404);
  const asked = new Set<number>();
  // So many statuses are owed that only some questions fit beside them, or none.
  for (let count = 0; count < 12; count += 1) {
    const alerts = Array.from({ length: count }, (_, index): SyncMlCommand => ({ name: 'Alert', commandId: String(10 + index), code: 1_224, items: [{ meta: { type: 'com.microsoft/MDM/LoginStatus' }, data: 'user' }] }));
    const turns: MdmTurn[] = [planMdmTurn(undefined, { ...messageOf(1, [...first.commands, ...alerts]), header: { ...first.header, ...meta } }, facts)];
    asked.add(last(turns).session.asked.length);
    for (let messageId = 2; messageId < 6; messageId += 1) {
      const before = last(turns);
      if (before.session.step !== 'facts') break;
      const { isFinal } = before.reply;
      const more: SyncMlCommand[] = isFinal ? [] : [{ name: 'Alert', commandId: '99', code: 1_222, items: [] }];
      const message = messageOf(messageId, [...answersTo(before, say), ...more], { isFinal });
      turns.push(planMdmTurn(before.session, { ...message, header: { ...message.header, ...meta } }, { ...facts, report: before.report }));
    }
    expect([count, last(turns).report.dialect]).toEqual([count, 'remote-remediation']);
  }
  expect(asked).toEqual(new Set([3, 2, 1, 0]));
});
