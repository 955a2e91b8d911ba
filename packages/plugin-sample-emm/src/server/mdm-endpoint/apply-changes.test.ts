import { wlanProfileXml } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';
import { fresh, hold, last, network, profile, remediation, requestsIn, type Say } from '../../../test/planned-session.ts';
import type { MdmReport } from './mdm-session.ts';
import type { MdmTurn } from './mdm-turn.ts';

/** A device that has the network; which key, nobody reads. */
const withNetwork: Say = fresh((command, uri) => {
  if (command.name !== 'Get' || !uri.includes('/Wifi')) return undefined;
  return { value: uri.endsWith('/Wifi') ? 'depot' : wlanProfileXml(profile, 'wrong horse') };
});
const isWritten = ({ name }: { readonly name: string }): boolean => name === 'Replace';
/** The report as it was stored before the first change left. The device gets it, and nothing is heard of it any more. */
function cutAfterWriting(turns: readonly MdmTurn[]): MdmReport {
  const turn = turns.find((each) => requestsIn(each).some(isWritten));
  if (!turn) throw new TypeError('nothing was written');
  return turn.report;
}
const desired = { networks: [network] };

test('a key that was written over in a session that broke is written again when the former state is wanted again', () => {
  const applied = last(hold(withNetwork, { desired, fingerprint: 'f1' })).report;
  expect(applied.appliedFingerprint).toBe('f1');
  const cut = cutAfterWriting(hold(withNetwork, { desired, fingerprint: 'f2' }, { report: applied }));
  const again = hold(withNetwork, { desired, fingerprint: 'f1' }, { report: cut });
  expect(again.flatMap(requestsIn).filter(isWritten)).toHaveLength(1);
  expect(last(again).report).toMatchObject({ appliedFingerprint: 'f1', lastSession: { outcome: 'converged' } });
});

test('so it is when the other state came in the middle of a session', () => {
  const applied = last(hold(withNetwork, { desired, fingerprint: 'f1' })).report;
  const drifted: Say = (command, uri) => (command.name === 'Get' && uri.endsWith('/EnableAutoRemediation') ? { value: 'false' } : command.name !== 'Get' && uri.includes('/QuickMachineRecovery/') ? 417 : withNetwork(command, uri));
  const both = { ...desired, remediation };
  const all = hold(drifted, { desired: both, fingerprint: 'f1' }, { report: applied });
  const at = all.findIndex((turn) => requestsIn(turn).some(({ name }) => name === 'Atomic')) + 1;
  const [before] = hold(drifted, (messageId) => ({ desired: both, fingerprint: messageId <= at ? 'f1' : 'f2' }), { report: applied }).slice(at);
  expect([all[at - 1]?.report.appliedFingerprint, before?.report.appliedFingerprint]).toEqual(['f1', undefined]);
});

test('what the device has taken on of one state is waited for no more when another one is sent', () => {
  const slow: Say = (command, uri) => (command.name === 'Replace' && uri.endsWith('/WlanXML') ? 202 : withNetwork(command, uri));
  const both = { ...desired, remediation };
  const waiting = last(hold(slow, { desired: both })).report;
  expect(waiting.accepted?.fingerprint).toBe('f1');
  const busy: Say = (command, uri) => (command.name !== 'Get' && uri.includes('/QuickMachineRecovery/') ? 417 : slow(command, uri));
  const all = hold(busy, { desired: both }, { report: waiting });
  const at = all.findIndex((turn) => requestsIn(turn).some(({ name }) => name === 'Atomic')) + 1;
  const [other] = hold(busy, (messageId) => ({ desired: both, fingerprint: messageId <= at ? 'f1' : 'f2' }), { report: waiting }).slice(at);
  expect([all[at - 1]?.report.accepted?.fingerprint, all[at]?.report.accepted?.fingerprint, other?.report.accepted]).toEqual(['f1', 'f1', undefined]);
});

test('what was applied stays so while the same state is written again', () => {
  const applied = last(hold(withNetwork, { desired: { ...desired, remediation }, fingerprint: 'f1' })).report;
  const [, ...turns] = hold(fresh((command, uri) => (command.name === 'Get' && uri.endsWith('/EnableAutoRemediation') ? { value: 'false' } : withNetwork(command, uri))), { desired: { ...desired, remediation } }, { report: applied });
  expect(turns.find((turn) => requestsIn(turn).some(({ name }) => name === 'Atomic'))?.report.appliedFingerprint).toBe('f1');
});

test('what is doubtful about the nodes is in the report, and goes with the dialect', () => {
  const { report } = last(hold(withNetwork, { desired }));
  expect(report.doubts).toEqual([{ uri: './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi/depot/WlanXML', reason: expect.stringContaining('never compared') }]);
  expect(last(hold((_, uri) => (uri.endsWith('SwV') ? { value: '10.0.22621.1000' } : 404), { desired, fingerprint: 'f2' }, { report })).report).toMatchObject({ dialect: 'none', doubts: [] });
});

test('a device that tells no build and has neither provider is not said to be old', () => {
  const { notExpressed } = last(hold(() => 404, { desired })).report;
  expect(notExpressed).toEqual([{ setting: 'networks.0', kind: 'unsupported', reason: 'the device has neither provider, and its build is not known' }]);
  const old = last(hold((_, uri) => (uri.endsWith('SwV') ? { value: '10.0.22621.1000' } : 404), { desired })).report;
  expect(old.notExpressed[0]?.reason).toContain('build 22621.1000 is older');
});
