/** One thing that goes on during a boot. It runs until the signal aborts, or until it has something to say. */
export type Duty<Outcome> = (signal: AbortSignal) => Promise<Outcome>;

/**
 * Runs duties side by side. The first that resolves or rejects decides; the others are ended, and waited for.
 *
 * @throws what the first failed duty throws; the signal's reason when aborted
 */
export async function runDuties<Outcome>(duties: readonly Duty<Outcome>[], signal: AbortSignal): Promise<Outcome> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const running = duties.map((duty) => duty(both));
  try {
    return await Promise.race(running);
  } finally {
    stop.abort();
    await Promise.allSettled(running);
  }
}
