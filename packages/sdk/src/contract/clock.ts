/** Lent time. Nothing in SDK, host, plug-ins or agent reads a clock or sets a timer of its own. */
export interface Clock {
  /** Milliseconds since 1970, by the wall clock: may jump. */
  now(): number;
  /** Milliseconds since some fixed moment: never jumps back. For measuring how long something took. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. Never keeps a process alive by itself for longer. */
  sleep(ms: number, call?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** A wall-clock reading as the ISO string that the contract uses. */
export function instantAt(ms: number): string {
  return new Date(ms).toISOString();
}
