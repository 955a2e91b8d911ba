import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.ts';

const startMs = Date.UTC(2030, 0, 1);
const header = (timeMs: number): string => new Date(timeMs).toUTCString();

function makeClock() {
  const local = { wall: 5_000, monotonic: 70 };
  const clock = new ServerClock({ wallMs: () => local.wall, monotonicMs: () => local.monotonic });
  const pass = (durationMs: number) => {
    local.wall += durationMs;
    local.monotonic += durationMs;
  };
  return { clock, local, pass };
}

test('knows nothing before the first answer, and nothing from an answer without a date', () => {
  const { clock } = makeClock();
  expect(clock.nowMs()).toBeUndefined();
  for (const odd of [undefined, '', 'yesterday']) clock.observe(odd);
  expect(clock.nowMs()).toBeUndefined();
});

test('carries the server\'s time on for a minute, whatever this machine says the time is', () => {
  const { clock, pass } = makeClock();
  clock.observe(header(startMs));
  pass(60_000);
  expect(clock.nowMs()).toBe(startMs + 60_000);
  pass(1);
  expect(clock.nowMs()).toBeUndefined();
  clock.observe(header(startMs + 60_000));
  expect(clock.nowMs()).toBe(startMs + 60_001);
});

test.each([
  ['the machine slept', (local: { wall: number }) => (local.wall += 3_600_000)],
  ['the machine slept with its other clock stopped, and the time was set', (local: { wall: number }) => (local.wall -= 5_000)],
])('asks again when %s', (_, change) => {
  const { clock, local } = makeClock();
  clock.observe(header(startMs));
  change(local);
  expect(clock.nowMs()).toBeUndefined();
  clock.observe(header(startMs + 3_600_000));
  expect(clock.nowMs()).toBe(startMs + 3_600_000);
});

test('follows a server whose clock was set back', () => {
  const { clock } = makeClock();
  clock.observe(header(startMs));
  clock.observe(header(startMs - 61_000));
  expect(clock.nowMs()).toBe(startMs - 61_000);
});

test('never runs back over answers that are late and have whole seconds, and stays within their error', () => {
  const steps = fc.array(fc.record({ passed: fc.integer({ min: 0, max: 20_000 }), lateMs: fc.integer({ min: 0, max: 5_000 }) }), { minLength: 1 });
  fc.assert(
    fc.property(steps, (list) => {
      const { clock, pass } = makeClock();
      let trueMs = startMs;
      let last = 0;
      for (const { passed, lateMs } of list) {
        pass(passed);
        trueMs += passed;
        clock.observe(header(trueMs - lateMs));
        const now = clock.nowMs() ?? Number.NaN;
        expect(now).toBeGreaterThanOrEqual(last);
        expect(now).toBeLessThanOrEqual(trueMs);
        expect(now).toBeGreaterThan(trueMs - lateMs - 1_000);
        last = now;
      }
    }),
  );
});
