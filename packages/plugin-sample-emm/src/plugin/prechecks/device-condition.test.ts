import { expect, test } from 'vitest';
import type { DeviceFacts } from '../devices/device-facts.ts';
import { deviceFactsSchema } from '../devices/device-facts.ts';
import { deviceConditions, judgeDevice, judgeFreeSpace } from './device-condition.ts';

const now = '2026-11-22T03:00:00.000Z';
const facts: DeviceFacts = { observedAt: '2026-11-22T02:59:59.000Z', power: 'mains', freeBytes: 100, encrypted: 'no', locked: 'no', winreEnabled: 'yes', driversAvailable: 'yes' };
const ids = Object.keys(deviceConditions) as (keyof typeof deviceConditions)[];
const statesOf = (given: DeviceFacts): Record<string, string> => Object.fromEntries(judgeDevice(ids, { seen: given }, now).map(({ id, state }) => [id, state]));

test('a healthy device meets everything, with the age of its own words', () => {
  expect(statesOf(facts)).toEqual({ 'winre-enabled': 'met', 'volume-unlocked': 'met', 'drivers-available': 'met', power: 'met' });
  expect(judgeDevice(['power'], { seen: facts }, now)[0]?.observedAt).toBe(facts.observedAt);
});

test('the opposite is unmet, and unknown stays unknown', () => {
  expect(statesOf({ ...facts, winreEnabled: 'no', locked: 'yes', driversAvailable: 'no', power: 'battery', batteryPercent: 49 })).toEqual({ 'winre-enabled': 'unmet', 'volume-unlocked': 'unmet', 'drivers-available': 'unmet', power: 'unmet' });
  expect(new Set(Object.values(statesOf({ ...facts, winreEnabled: 'unknown', locked: 'unknown', driversAvailable: 'unknown', power: 'battery' })))).toEqual(new Set(['unknown']));
  expect(statesOf({ ...facts, power: 'battery', batteryPercent: 50 })['power']).toBe('met');
});

test('a device that could not be asked leaves everything unknown, with the reason', () => {
  expect(judgeDevice(ids, { reason: 'offline' }, now).every(({ state, evidence, observedAt }) => state === 'unknown' && evidence === 'offline' && observedAt === now)).toBe(true);
  expect(judgeFreeSpace({ reason: 'offline' }, 1, now)).toMatchObject({ state: 'unknown', evidence: 'offline' });
});

test('free space is met from exactly what is needed', () => {
  expect([99, 100, 101].map((needed) => judgeFreeSpace({ seen: facts }, needed, now).state)).toEqual(['met', 'met', 'unmet']);
  const { freeBytes: _unknown, ...without } = facts;
  expect(judgeFreeSpace({ seen: without }, 0, now).state).toBe('unknown');
});

test('a word of a later version counts as unknown, not as an error', () => {
  expect(deviceFactsSchema.parse({ ...facts, power: 'solar', locked: 'partly' })).toMatchObject({ power: 'unknown', locked: 'unknown' });
});
