import { expect, test } from 'vitest';
import { build, fresh, hold, last, network, recovery, remediation, requestsIn, restore, type Say } from '../../../test/planned-session.ts';
import type { MdmReport } from './mdm-session.ts';

const machine = `${recovery}/QuickMachineRecovery`;
const isBelow = (root: string, uri: string): boolean => uri === root || uri.startsWith(`${root}/`);
/** A device that shows the Recovery provider without `lacking`, and RemoteRemediation or not. It keeps what it is given. */
function partly(lacking: string, code: number, hasBoth: boolean): Say {
  const values = new Map<string, string>();
  return (command, uri) => {
    if (uri.endsWith('SwV')) return build;
    if (uri.endsWith('MSFT/Recovery')) return 200;
    if (uri.includes('/RemoteRemediation') && !hasBoth) return 404;
    if (uri.endsWith('MSFT/RemoteRemediation')) return 200;
    if (isBelow(lacking, uri)) return code;
    if (command.name === 'Add' || command.name === 'Replace') values.set(uri, command.items[0]?.data ?? '');
    if (command.name !== 'Get') return 200;
    const value = values.get(uri);
    return value === undefined ? (/(?:QuickMachineRecovery|PointInTimeRestore)$/.test(uri) ? 200 : 404) : { value };
  };
}
const written = (turns: ReturnType<typeof hold>): readonly string[] => turns.flatMap(requestsIn).flatMap((command) => (command.name === 'Atomic' ? command.commands.flatMap((member) => ('items' in member ? (member.items[0]?.target ?? '') : '')) : []));

test('a device that shows Recovery without Quick Machine Recovery is spoken to in the other dialect that it shows, from then on at once', () => {
  for (const code of [404, 405, 406]) {
    const say = partly(machine, code, true);
    const { report } = last(hold(say, { desired: { remediation } }));
    expect(report).toMatchObject({ dialect: 'remote-remediation', drift: [], notExpressed: [], absentRoots: [machine], lastSession: { outcome: 'converged', refusals: [] } });
    const later = hold(say, { desired: { remediation }, fingerprint: 'f2' }, { report });
    expect(written(later).length).toBeGreaterThan(0);
    expect(written(later).filter((uri) => uri.includes('/Recovery/'))).toEqual([]);
    // Without anything to say in the other dialect the newer provider is spoken to.
    expect(last(hold(say, { desired: { restore }, fingerprint: 'f3' }, { report })).report).toMatchObject({ dialect: 'recovery', lastSession: { outcome: 'converged' } });
  }
});

test('without another provider the group is not expressed and no drift, and is not written again', () => {
  for (const [root, setting] of [[machine, 'remediation'], [`${recovery}/PointInTimeRestore`, 'restore']] as const) {
    const say = partly(root, 405, false);
    const desired = { remediation, restore };
    const { report } = last(hold(say, { desired }));
    expect(report).toMatchObject({ dialect: 'recovery', drift: [], absentRoots: [root], lastSession: { outcome: 'converged' } });
    expect(report.notExpressed).toEqual([{ setting, kind: 'unsupported', reason: expect.stringContaining(root) }]);
    const again = hold(say, { desired, fingerprint: 'f2' }, { report });
    expect(written(again).length).toBeGreaterThan(0);
    expect(written(again).filter((uri) => isBelow(root, uri))).toEqual([]);
    const updated: MdmReport = { ...report, osBuild: '10.0.26100.9000' };
    expect(written(hold(say, { desired, fingerprint: 'f2' }, { report: updated })).filter((uri) => isBelow(root, uri)).length).toBeGreaterThan(0);
  }
});

test('a group of which the device would not say that it is absent, or of which it has a leaf, is drift', () => {
  const refusing = (isRefused: Parameters<typeof fresh>[0]): unknown => {
    const { absentRoots, lastSession } = last(hold(fresh(isRefused), { desired: { remediation, networks: [network] } })).report;
    return [absentRoots, lastSession.outcome];
  };
  expect(refusing((command, uri) => (uri === machine && command.name === 'Get' ? 425 : isBelow(machine, uri) ? 405 : undefined))).toEqual([[], 'drifting']);
  expect(refusing((command, uri) => (isBelow(machine, uri) ? (command.name === 'Get' && uri.endsWith('/EnableQuickMachineRecovery') ? { value: 'false' } : 405) : undefined))).toEqual([[], 'drifting']);
});
