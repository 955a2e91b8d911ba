import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planRetention } from './plan-retention.ts';
import type { RetentionCandidate } from './plan-retention.ts';
import { cadenceHours, retentionHours } from './retention-policy.ts';

const hourMs = 3_600_000;
const nowMs = 1_000 * hourMs;
const policy = { cadenceHours: 4, retentionHours: 12 } as const;

function point(id: string, ageHours: number, more: Partial<RetentionCandidate> & { bytes?: number } = {}): RetentionCandidate {
  const { bytes = 10, ...rest } = more;
  return { id, timeMs: nowMs - ageHours * hourMs, labels: [], incomplete: false, statistics: { addedBytes: bytes }, ...rest };
}

function keptOf(points: readonly RetentionCandidate[], more: object = {}): string[] {
  return planRetention(points, { ...policy, ...more }, nowMs).filter(({ keep }) => keep).map(({ id }) => id);
}

test('what is older than the retention goes, with the reason', () => {
  const verdicts = planRetention([point('old', 13), point('new', 1), point('edge', 12)], policy, nowMs);
  expect(verdicts).toEqual([
    { id: 'new', keep: true, reasons: ['it is younger than 12 hours', 'it is the newest good restore point'] },
    { id: 'edge', keep: false, reasons: ['it is 12 hours old, the retention is 12'] },
    { id: 'old', keep: false, reasons: ['it is 13 hours old, the retention is 12'] },
  ]);
});

test('the newest good point stays however old it is, also when newer ones are damaged or incomplete', () => {
  expect(keptOf([point('good', 90), point('older', 95)])).toEqual(['good']);
  expect(keptOf([point('damaged', 1, { damaged: true }), point('incomplete', 2, { incomplete: true }), point('good', 90)])).toEqual(['damaged', 'incomplete', 'good']);
  expect(keptOf([point('incomplete', 50, { incomplete: true })])).toEqual(['incomplete']);
  expect(keptOf([point('good', 90)], { mayRemoveNewestGood: true })).toEqual([]);
});

test('a safety snapshot, taken of a state somebody wanted to leave, is not the newest good point while there is another', () => {
  expect(keptOf([point('safety', 20, { labels: ['safety'] }), point('incomplete', 50, { incomplete: true }), point('good', 90)])).toEqual(['good']);
  expect(keptOf([point('safety', 20, { labels: ['safety'] }), point('good', 90, { damaged: true })])).toEqual(['safety']);
});

test('the budget takes the newest first, and the newest good one in any case', () => {
  const points = [point('a', 1, { bytes: 60 }), point('b', 2, { bytes: 60 }), point('c', 3, { bytes: 30 })];
  expect(keptOf(points, { diskBudgetBytes: 100 })).toEqual(['a', 'c']);
  expect(keptOf(points, { diskBudgetBytes: 10 })).toEqual(['a']);
  expect(keptOf([point('a', 1, { bytes: 60, damaged: true }), point('b', 2, { bytes: 60 })], { diskBudgetBytes: 100 })).toEqual(['b']);
});

test('protected labels stay and cost nothing', () => {
  expect(keptOf([point('golden', 500, { labels: ['golden'], bytes: 1_000 }), point('new', 1)], { keepLabels: ['golden'], diskBudgetBytes: 20 })).toEqual(['new', 'golden']);
});

test('a date in the future counts as good only until dated points cover the retention', () => {
  expect(keptOf([point('future', -500), point('new', 1)])).toEqual(['future', 'new']);
  expect(keptOf([point('future', -500), point('new', 1), point('edge', 12)])).toEqual(['new']);
  const verdicts = planRetention([point('future', -500), point('old', 20)], policy, nowMs);
  expect(verdicts.find(({ id }) => id === 'old')).toMatchObject({ keep: true });
});

test('for any points and policy: a good point is left, the budget holds, every verdict has a reason, the input is untouched', () => {
  const points = fc.array(fc.record({
    ageHours: fc.integer({ min: -100, max: 100 }), damaged: fc.boolean(), incomplete: fc.boolean(), bytes: fc.nat(100),
  }), { maxLength: 20 }).map((list) => list.map(({ ageHours, ...more }, index) => point(`p${index}`, ageHours, more)));
  const policies = fc.record({ cadenceHours: fc.constant(cadenceHours[0]), retentionHours: fc.constantFrom(...retentionHours), diskBudgetBytes: fc.integer({ min: 1, max: 500 }) });
  fc.assert(fc.property(points, policies, (list, limits) => {
    const before = structuredClone(list);
    const verdicts = planRetention(list, limits, nowMs);
    expect(list).toEqual(before);
    expect(verdicts.map(({ id }) => id).toSorted()).toEqual(list.map(({ id }) => id).toSorted());
    expect(verdicts.every(({ reasons }) => reasons.length > 0)).toBe(true);
    const kept = list.filter(({ id }) => verdicts.some((verdict) => verdict.id === id && verdict.keep));
    const good = (of: readonly RetentionCandidate[]) => of.filter(({ damaged }) => damaged !== true);
    expect(good(kept).length > 0).toBe(good(list).length > 0);
    const total = kept.reduce((sum, { statistics }) => sum + statistics.addedBytes, 0);
    expect(total <= limits.diskBudgetBytes || kept.length === 1).toBe(true);
  }));
});
