import { RecoveryError } from '../errors/recovery-error.ts';

/** How often and how long to try. */
export interface RetryPolicy {
  /** Calls in all, the first one included. */
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  /** Cap of one delay. A vendor's `retryAfterMs` may be longer. */
  readonly maxDelayMs: number;
  /** Cap of all attempts and delays together. */
  readonly maxTotalMs: number;
}

/** Five calls within five minutes. */
export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 5, firstDelayMs: 500, maxDelayMs: 30_000, maxTotalMs: 300_000 };

/** What happened so far. */
export interface RetryState {
  /** How many calls have failed; 1 after the first. */
  readonly attempt: number;
  readonly elapsedMs: number;
  /** A lent random number in [0, 1). */
  readonly random: number;
  /** What the last call threw. */
  readonly error: unknown;
}

/** Whether to call again, with the reason. */
export type RetryDecision = { readonly again: true; readonly delayMs: number; readonly reason: string } | { readonly again: false; readonly reason: string };

/**
 * Whether and when to call again: exponential with full jitter, never sooner than `retryAfterMs`, and only for errors whose advice is to wait.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retrySchedule({ attempt, elapsedMs, random, error }: RetryState, policy: RetryPolicy = defaultRetryPolicy): RetryDecision {
  if (!RecoveryError.isInstance(error)) return { again: false, reason: 'not an error of the contract' };
  if (error.retry !== 'with-backoff' && error.retry !== 'at-reset') return { again: false, reason: `the advice for ${error.code} is ${error.retry}` };
  if (attempt >= policy.maxAttempts) return { again: false, reason: `${attempt} attempts failed` };
  const ceilingMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
  const delayMs = (error.retryAfterMs ?? 0) + Math.round(random * ceilingMs);
  if (elapsedMs + delayMs > policy.maxTotalMs) return { again: false, reason: `waiting ${delayMs} ms would go over ${policy.maxTotalMs} ms in all` };
  return { again: true, delayMs, reason: error.retryAfterMs === undefined ? `${error.code}: back-off ${attempt}` : `${error.code}: the vendor asked for ${error.retryAfterMs} ms` };
}
