import type { CallContext } from '../contract/call-context.ts';
import type { Clock } from '../contract/clock.ts';

/** A signal for one piece of work, and why it fired. */
export interface CallDeadline extends Disposable {
  readonly signal: AbortSignal;
  /** Milliseconds that were left when the work began; 0 when the deadline had passed already. */
  readonly allowedMs: number;
  /** True when time ran out; false when somebody aborted. */
  readonly expired: boolean;
}

/** Joins the caller's signal, the instance's signal and the time that is left, by the lent clock. Dispose it when the work is done. */
export function startDeadline(clock: Clock, call: CallContext, timeoutMs: number, closing: AbortSignal): CallDeadline {
  const timer = new AbortController();
  const done = new AbortController();
  const allowedMs = Math.max(0, Math.min(timeoutMs, (call.deadlineMs ?? Infinity) - clock.now()));
  if (allowedMs === 0) timer.abort();
  else clock.sleep(allowedMs, { signal: done.signal }).then(() => timer.abort(), () => undefined);
  return {
    signal: AbortSignal.any([call.signal, closing, timer.signal]),
    allowedMs,
    get expired() {
      return timer.signal.aborted && !call.signal.aborted && !closing.aborted;
    },
    [Symbol.dispose]: () => done.abort(),
  };
}
