import { systemClock, type Clock } from '../../src/index.ts';

/** The machine's clock, whose sleeps are short: the servers of the tests list at once what was put, so nothing has to settle. */
export const hurriedClock: Clock = { ...systemClock, sleep: (durationMs, options) => systemClock.sleep(durationMs / 100, options) };
