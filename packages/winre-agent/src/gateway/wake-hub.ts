import type { Clock } from '@winre-kit/sdk';

/** Lets waiters know that something about a key changed. Take `next` before reading the state, and no change is missed. */
export interface WakeHub {
  next(key: string): Promise<void>;
  notify(key: string): void;
  notifyAll(): void;
}

export function createWakeHub(): WakeHub {
  const waiting = new Map<string, { readonly promise: Promise<void>; readonly resolve: () => void }>();
  const notify = (key: string): void => {
    const entry = waiting.get(key);
    waiting.delete(key);
    entry?.resolve();
  };
  return {
    next(key) {
      let entry = waiting.get(key);
      if (!entry) {
        entry = Promise.withResolvers<void>();
        waiting.set(key, entry);
      }
      return entry.promise;
    },
    notify,
    notifyAll() {
      for (const key of waiting.keys()) notify(key);
    },
  };
}

/** Waits for `change`, for `ms` at most; rejects with the signal's reason when aborted. Leaves no timer behind. */
export async function waitForChange(change: Promise<void>, ms: number, clock: Clock, signal: AbortSignal): Promise<'changed' | 'timeout'> {
  const done = new AbortController();
  const timer = clock.sleep(ms, { signal: AbortSignal.any([signal, done.signal]) }).then(
    () => 'timeout' as const,
    () => 'stopped' as const,
  );
  const outcome = await Promise.race([change.then(() => 'changed' as const), timer]);
  done.abort();
  signal.throwIfAborted();
  return outcome === 'changed' ? 'changed' : 'timeout';
}
