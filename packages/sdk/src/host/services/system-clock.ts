import type { Clock } from '../../contract/clock.ts';

const longestTimerMs = 2_147_483_647;

/** The machine's own time. The only place in the host that sets timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, { signal } = {}) {
    signal?.throwIfAborted();
    for (let leftMs = ms; leftMs > 0; leftMs -= longestTimerMs) await sleepOnce(Math.min(leftMs, longestTimerMs), signal);
  },
};

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
