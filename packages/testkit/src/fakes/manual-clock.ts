import { RecoveryError, type Clock } from '@winre-kit/sdk';

/** A sleep that has not ended yet. */
export interface Sleeper {
  readonly wakesInMs: number;
  readonly requestedMs: number;
}

/** Time that only moves when a test says so. */
export interface ManualClock extends Clock {
  /**
   * Moves both clocks forward. Sleepers wake in the order of their time, and everything each of them starts settles before the next one wakes,
   * so sleeps begun on the way are served too.
   */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, in either direction, as a time server or a dead battery does. No sleeper wakes. */
  jump(ms: number): void;
  /** Goes from sleeper to sleeper until the promise settles. Not for code with real I/O in flight: its deadline would be jumped over. */
  runUntilSettled<Value>(promise: Promise<Value>, limitMs?: number): Promise<Value>;
  /** Resolves once at least `count` sleeps are pending; for code that does real I/O before it sleeps. */
  whenSleeping(count?: number): Promise<void>;
  /** Pending sleeps, soonest first. */
  readonly sleepers: readonly Sleeper[];
}

interface PendingSleep {
  readonly wakesAtMs: number;
  readonly order: number;
  readonly requestedMs: number;
  wake(): void;
}

/** A clock for tests that starts at `nowMs` (milliseconds since 1970; default 2026-11-22T03:00:00Z) and at monotonic 0. */
export function createManualClock({ nowMs = Date.UTC(2026, 10, 22, 3) }: { readonly nowMs?: number } = {}): ManualClock {
  let wallMs = nowMs;
  let elapsedMs = 0;
  let order = 0;
  const pending = new Set<PendingSleep>();
  const watchers = new Set<() => void>();
  const soonestFirst = (): PendingSleep[] => [...pending].toSorted((a, b) => a.wakesAtMs - b.wakesAtMs || a.order - b.order);

  const moveTo = (targetMs: number): void => {
    wallMs += targetMs - elapsedMs;
    elapsedMs = targetMs;
  };

  const advance = async (ms: number): Promise<void> => {
    if (!(ms >= 0 && ms < Infinity)) throw new RecoveryError('invalid-argument', `advance: expected milliseconds of 0 or more, got ${ms}`, { fieldPath: 'ms' });
    const targetMs = elapsedMs + ms;
    await settle();
    for (;;) {
      const next = soonestFirst()[0];
      if (!next || next.wakesAtMs > targetMs) break;
      moveTo(next.wakesAtMs);
      next.wake();
      await settle();
    }
    moveTo(targetMs);
  };

  return {
    now: () => wallMs,
    monotonicMs: () => elapsedMs,
    sleep(ms, { signal } = {}) {
      if (Number.isNaN(ms)) return Promise.reject(new RecoveryError('invalid-argument', 'sleep: expected milliseconds, got NaN', { fieldPath: 'ms' }));
      return new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        if (ms <= 0) return resolve();
        const onAbort = (): void => {
          pending.delete(sleep);
          reject(signal?.reason as Error);
        };
        order += 1;
        const sleep: PendingSleep = {
          wakesAtMs: elapsedMs + ms,
          order,
          requestedMs: ms,
          wake() {
            pending.delete(sleep);
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        pending.add(sleep);
        for (const watcher of watchers) watcher();
      });
    },
    advance,
    jump(ms) {
      wallMs += ms;
    },
    async runUntilSettled(promise, limitMs = 7 * 86_400_000) {
      const state = { settled: false };
      const mark = (): void => void (state.settled = true);
      promise.then(mark, mark);
      const endMs = elapsedMs + limitMs;
      for (await settle(); !state.settled; await settle()) {
        const next = soonestFirst()[0];
        if (next && next.wakesAtMs > endMs) throw new RecoveryError('deadline-exceeded', `still pending after ${limitMs} ms of manual time`);
        if (next) await advance(next.wakesAtMs - elapsedMs);
      }
      return promise;
    },
    whenSleeping(count = 1) {
      if (pending.size >= count) return Promise.resolve();
      return new Promise((resolve) => {
        const watcher = (): void => {
          if (pending.size < count) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
      });
    },
    get sleepers() {
      return soonestFirst().map(({ wakesAtMs, requestedMs }) => ({ wakesInMs: wakesAtMs - elapsedMs, requestedMs }));
    },
  };
}

/** Lets every promise that can go on now do so: a few turns of the event loop, each of which drains the microtasks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
}
