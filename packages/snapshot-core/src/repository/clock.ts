/** Time, lent by the caller, so that tests and simulations own it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  nowMs(): number;
  /** Resolves after that many milliseconds; rejects with the signal's reason when aborted. */
  sleep(durationMs: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
