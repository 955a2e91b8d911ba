import type { Clock } from '../../contract/clock.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';

/** A signal for one call: aborted by any of the given ones, or by the deadline (milliseconds since 1970). Dispose it when the call is over. */
export function boundedSignal(clock: Clock, signals: readonly (AbortSignal | undefined)[], deadlineMs: number | undefined, what: string): Disposable & { readonly signal: AbortSignal } {
  const over = new AbortController();
  const late = new AbortController();
  if (deadlineMs !== undefined) {
    const expire = (): void => late.abort(new RecoveryError('deadline-exceeded', `${what}: no answer before the deadline`));
    if (deadlineMs <= clock.now()) expire();
    else clock.sleep(deadlineMs - clock.now(), { signal: over.signal }).then(expire, () => {});
  }
  const signal = AbortSignal.any([...signals.filter((given) => given !== undefined), late.signal]);
  return { signal, [Symbol.dispose]: () => over.abort() };
}

/** Waits for the promise or the signal, whichever comes first. The work behind the promise goes on when the wait is abandoned. */
export function waitFor<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
