import type { CallContext } from '../contract/call-context.ts';
import type { Clock } from '../contract/clock.ts';
import type { Effect } from '../schemas/effect.ts';
import { defaultRetryPolicy, retrySchedule, type RetryPolicy } from './retry-schedule.ts';

/** What a retried call needs from outside. */
export interface RetryRequest {
  /** Only a `read` is ever repeated; anything else is called once. */
  readonly effect: Effect;
  readonly clock: Clock;
  /** Lent randomness in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly policy?: RetryPolicy;
  readonly call: CallContext;
}

/**
 * Calls `read` until it succeeds or {@link retrySchedule} says to stop; then the last error is thrown unchanged. Never waits past the caller's deadline.
 *
 * @throws what `read` threw last, or the signal's reason when aborted
 */
export async function withRetry<Value>(request: RetryRequest, read: (attempt: number) => Promise<Value>): Promise<Value> {
  const { clock, call, policy = defaultRetryPolicy } = request;
  const startedMs = clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read(attempt);
    } catch (error) {
      if (request.effect !== 'read' || call.signal.aborted) throw error;
      const decision = retrySchedule({ attempt, elapsedMs: clock.monotonicMs() - startedMs, random: request.random(), error }, policy);
      if (!decision.again || clock.now() + decision.delayMs >= (call.deadlineMs ?? Infinity)) throw error;
      await clock.sleep(decision.delayMs, { signal: call.signal });
    }
  }
}
