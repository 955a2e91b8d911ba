import { expect, test } from 'vitest';
import type { Precheck } from '../../schemas/precheck.ts';
import { comparePlans, type ComparablePlan } from './compare-plans.ts';
import { judgePrechecks } from './judge-prechecks.ts';

const precheck = (id: string, state: Precheck['state'], required = true): Precheck => ({ id, state, required, observedAt: '2026-11-22T03:00:00.000Z', evidence: `${id} looked at` });
const loss = (files: number, bytes: number): NonNullable<ComparablePlan['loss']> => ({ files, bytes, entries: [], truncated: false, digest: '0'.repeat(64) });
const plan = (more: Partial<ComparablePlan> = {}): ComparablePlan => ({
  planDigest: 'a'.repeat(64),
  binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' } }, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null },
  prechecks: [precheck('power', 'met')],
  loss: loss(2, 20),
  ...more,
});

test('the same plan, and one that got better, still holds', () => {
  expect(comparePlans(plan(), plan())).toEqual([]);
  expect(comparePlans(plan({ prechecks: [precheck('power', 'unknown')] }), plan())).toEqual([]);
  expect(comparePlans(plan(), plan({ prechecks: [precheck('power', 'met'), precheck('network', 'met')] }))).toEqual([]);
});

test.each([
  ['a precheck that got worse', plan({ prechecks: [precheck('power', 'unmet')] }), /power was met and is unmet/],
  ['a precheck that is not known any more', plan({ prechecks: [precheck('power', 'unknown')] }), /power was met and is unknown/],
  ['a precheck that disappeared', plan({ prechecks: [] }), /power is no longer reported/],
  ['a precheck that only informs now', plan({ prechecks: [precheck('power', 'unmet', false)] }), /power was met and is unmet/],
  ['a new precheck that is unmet', plan({ prechecks: [precheck('power', 'met'), precheck('licence', 'unmet')] }), /licence is new and unmet/],
  ['more files lost', plan({ loss: loss(3, 20) }), /loss grew/],
  ['more bytes lost', plan({ loss: loss(2, 21) }), /loss grew/],
  ['another digest', plan({ planDigest: 'b'.repeat(64), binding: { ...plan().binding, descriptorHash: '1'.repeat(64) } }), /changed: descriptorHash/],
])('%s voids the approval', (_name, present, message) => {
  expect(comparePlans(plan(), present).join()).toMatch(message);
});

test('a precheck that never mattered may change', () => {
  expect(comparePlans(plan({ prechecks: [precheck('hint', 'met', false)] }), plan({ prechecks: [precheck('hint', 'unmet', false)] }))).toEqual([]);
});

test('unknown fails closed for destructive verbs only; unmet for all; what informs stops nothing', () => {
  expect(judgePrechecks([precheck('power', 'unknown')], 'write').go).toBe(true);
  expect(judgePrechecks([precheck('power', 'unknown')], 'destructive')).toEqual({ go: false, reasons: ['power is unknown: power looked at'] });
  expect(judgePrechecks([precheck('power', 'unmet')], 'read').go).toBe(false);
  expect(judgePrechecks([precheck('hint', 'unmet', false)], 'destructive').go).toBe(true);
});
