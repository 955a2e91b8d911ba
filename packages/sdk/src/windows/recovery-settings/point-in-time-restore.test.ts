import { expect, test } from 'vitest';
import { recoveryCsp } from '../csp/recovery-csp.table.ts';
import { postRestoreChecklist, restoreDefaultOf, restoreEditions, restoreEvictions, restoreLimits, restorePrerequisites } from './point-in-time-restore.table.ts';
import { cadenceHoursOf, retentionHoursOf } from './restore-units.ts';

const laptop = { edition: 'pro', managementState: 'unmanaged', osVolumeBytes: 256e9, build: 26_100 } as const;

test.each([
  [laptop, true],
  [{ ...laptop, osVolumeBytes: 199e9 }, false],
  [{ ...laptop, osVolumeBytes: 210e9 }, 'unknown'],
  [{ ...laptop, managementState: 'managed' }, false],
  [{ ...laptop, edition: 'enterprise' }, false],
  [{ ...laptop, managementState: 'managed', build: 26_300 }, 'unknown'],
  [{ ...laptop, edition: 'other' }, 'unknown'],
] as const)('%j takes restore points by default: %s', (device, isOn) => {
  expect(restoreDefaultOf(device)).toMatchObject({ isOn, reason: expect.stringMatching(/.{20}/) });
});

test('every choice of the Settings app is a value of a policy, and of its node', () => {
  expect(restoreLimits.cadenceMinutes.choices.map(cadenceHoursOf)).toEqual([4, 6, 12, 16, 24]);
  expect(restoreLimits.retentionMinutes.choices.map(retentionHoursOf)).toEqual([4, 6, 12, 16, 24, 72]);
  const { min, max } = restoreLimits.diskMegabytes;
  expect(recoveryCsp.nodes.find(({ path }) => path.endsWith('SetMaxDiskUsage'))?.range).toEqual({ min, max });
  expect([cadenceHoursOf(300), cadenceHoursOf(1), retentionHoursOf(4_321)]).toEqual([undefined, undefined, undefined]);
});

test('the checklist names what an organisation must repair, each step once and with its source', () => {
  const ids = postRestoreChecklist.map(({ id }) => id);
  expect(ids.slice(0, 4)).toEqual(['machine-password', 'laps', 'bitlocker-escrow', 'tokens']);
  expect(new Set(ids).size).toBe(ids.length);
  const limits = Object.values(restoreLimits);
  const facts = [...postRestoreChecklist, ...restoreEvictions, ...restorePrerequisites, ...Object.values(restoreEditions), ...limits].map(({ source }) => source);
  expect(limits.flatMap(({ doubts }) => doubts).filter(({ note, url }) => !note || !url.startsWith('https://'))).toEqual([]);
  expect(facts.filter(({ grade, note, url }) => !url.startsWith('https://') || (grade === 'I' && !note))).toEqual([]);
});
