/** Lets many wait until something changes. */
export interface WaitList {
  /** Wakes everybody who waits now. */
  notify(): void;
  /** Resolves at the next {@link notify}; rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createWaitList(): WaitList {
  const waiting = new Set<() => void>();
  return {
    notify() {
      for (const wake of waiting) wake();
      waiting.clear();
    },
    wait(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const wake = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = (): void => {
          waiting.delete(wake);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.add(wake);
      });
    },
  };
}
