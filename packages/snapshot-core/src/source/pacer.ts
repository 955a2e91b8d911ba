import { setImmediate } from 'node:timers/promises';

/** Lets a long loop of quick synchronous steps breathe: the event loop runs, and an abort is noticed. */
export interface Pacer {
  /** Call once per step. @throws the signal's reason when aborted */
  step(): Promise<void>;
  /** Counts a step without waiting. @returns whether `turn` is due now */
  isDue(): boolean;
  /** Lets the event loop run, and an abort be noticed. @throws the signal's reason when aborted */
  turn(): Promise<void>;
}

/** Steps between two turns of the event loop: a few milliseconds of `lstat` and `open`. */
const stepsPerTurn = 64;

/** Creates a pacer for one run. @param signal an abort signal, or whatever else can say that the work is over */
export function createPacer(signal: Pick<AbortSignal, 'throwIfAborted'> | undefined): Pacer {
  let steps = 0;
  return {
    async step() {
      signal?.throwIfAborted();
      if (++steps % stepsPerTurn === 0) await setImmediate();
    },
    isDue: () => ++steps % stepsPerTurn === 0,
    async turn() {
      signal?.throwIfAborted();
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
}
