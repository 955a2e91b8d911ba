import { expect, test } from 'vitest';
import { planSchedule } from './plan-schedule.ts';

const hourMs = 3_600_000;
const nowMs = 1_000 * hourMs;
const policy = { cadenceHours: 6, retentionHours: 24 } as const;
const at = (id: string, ageHours: number) => ({ id, timeMs: nowMs - ageHours * hourMs });

test('without any point one is due at once', () => {
  expect(planSchedule([], policy, nowMs)).toMatchObject({ isDue: true, dueAtMs: nowMs, expiring: [] });
});

test('the next one is due a cadence after the newest', () => {
  expect(planSchedule([at('old', 10), at('new', 2)], policy, nowMs)).toEqual({
    isDue: false, dueAtMs: nowMs + 4 * hourMs, reason: 'the last restore point is younger than 6 hours',
    expiring: [{ id: 'old', expiresAtMs: nowMs + 14 * hourMs }, { id: 'new', expiresAtMs: nowMs + 22 * hourMs }],
  });
  expect(planSchedule([at('new', 6)], policy, nowMs)).toMatchObject({ isDue: true, dueAtMs: nowMs });
});

test('a laptop that slept through several takes one', () => {
  expect(planSchedule([at('old', 31)], policy, nowMs)).toMatchObject({ isDue: true, dueAtMs: nowMs, reason: '5 restore points were missed; one is taken' });
});

test('after the clock went back, points dated in the future neither hold up new ones nor make one due again and again', () => {
  expect(planSchedule([at('future', -50)], policy, nowMs)).toMatchObject({ isDue: true, reason: expect.stringContaining('clock went back') });
  expect(planSchedule([at('future', -50), at('fresh', 0)], policy, nowMs)).toMatchObject({ isDue: false, dueAtMs: nowMs + 6 * hourMs });
});

test('a policy without sense is refused', () => {
  expect(() => planSchedule([], { cadenceHours: 24, retentionHours: 4 }, nowMs)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});
