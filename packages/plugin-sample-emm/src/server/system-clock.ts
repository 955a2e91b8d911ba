import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@winre-kit/sdk';

/** The machine's clock. The only place of the server that reads time or sets a timer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, call) {
    const signal = call?.signal;
    try {
      await wait(ms, undefined, { ref: false, ...(signal ? { signal } : {}) });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
