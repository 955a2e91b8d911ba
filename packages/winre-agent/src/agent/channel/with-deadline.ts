import { RecoveryError, type Clock } from '@winre-kit/sdk';

/**
 * Gives work a limited time by the lent clock. The signal that the work gets is aborted at the deadline and when the caller's is.
 *
 * @throws {RecoveryError} `deadline-exceeded` at the deadline; the caller's reason when aborted; otherwise what the work throws
 */
export async function withDeadline<Value>(
  clock: Clock,
  { deadlineMs, signal, what }: { readonly deadlineMs: number; readonly signal: AbortSignal; readonly what: string },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted();
  const over = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(deadlineMs, { signal: AbortSignal.any([done.signal, signal]) }).then(
    () => over.abort(new RecoveryError('deadline-exceeded', `${what}: not done within ${deadlineMs} ms`)),
    // The work ended first, or the caller gave up: no deadline is needed any more.
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw over.signal.aborted ? over.signal.reason : error;
  } finally {
    done.abort();
    await timer;
  }
}
