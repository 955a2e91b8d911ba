import { setImmediate } from 'node:timers/promises';

/** Lets a long loop of quick synchronous steps breathe: the event loop runs, and an abort is noticed. */
export interface Pacer {
  /** Call once per step. @throws the signal's reason when aborted */
  step(): Promise<void>;
}

/** Steps between two turns of the event loop: a few milliseconds of `lstat` and `open`. */
const stepsPerTurn = 64;

/** Creates a pacer for one run. */
export function createPacer(signal: AbortSignal | undefined): Pacer {
  let steps = 0;
  return {
    async step() {
      signal?.throwIfAborted();
      if (++steps % stepsPerTurn === 0) await setImmediate();
    },
  };
}
