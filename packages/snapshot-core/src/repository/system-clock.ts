import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** The machine's clock. The only timers besides the pause between two requests of the S3 storage. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (durationMs, options) => {
    options?.signal?.throwIfAborted();
    try {
      await sleep(durationMs, undefined, options?.signal && { signal: options.signal });
    } catch (error) {
      // The timer rejects with an error of its own; callers are promised the signal's reason.
      options?.signal?.throwIfAborted();
      throw error;
    }
  },
};
