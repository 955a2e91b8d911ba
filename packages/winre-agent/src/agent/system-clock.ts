import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@winre-kit/sdk';

/** The machine's clock. The only place of the agent that reads time or sets a timer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, { signal } = {}) {
    try {
      // Longer delays than this overflow and would fire at once.
      await wait(Math.min(ms, 2_147_483_647), undefined, { ref: false, ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
