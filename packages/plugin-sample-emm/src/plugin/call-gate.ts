import { RecoveryError, type CallContext, type Clock } from '@winre-kit/sdk';

/** Every call of an instance passes through here, so that draining and closing are the same for all verbs. */
export interface CallGate {
  call<Value>(context: CallContext, work: (context: CallContext) => Promise<Value>): Promise<Value>;
  stream<Item>(context: CallContext, open: (context: CallContext) => AsyncIterable<Item>): AsyncIterable<Item>;
  /** Lets nothing new in, ends streams, and waits for running calls until the deadline (milliseconds since 1970). */
  drain(deadlineMs: number): Promise<void>;
  /** Ends everything at once. */
  close(): void;
}

/** @param closing aborted when the host closes the instance for good */
export function createCallGate(clock: Clock, closing: AbortSignal): CallGate {
  const closed = new RecoveryError('cancelled', 'the plug-in instance is closed: open another one');
  const streams = new AbortController();
  const calls = new AbortController();
  const running = new Set<Promise<unknown>>();
  const enter = (context: CallContext, ending: AbortController): CallContext => {
    context.signal.throwIfAborted();
    if (closing.aborted || streams.signal.aborted) throw closed;
    return { ...context, signal: AbortSignal.any([context.signal, ending.signal, closing]) };
  };
  return {
    async call(context, work) {
      const result = work(enter(context, calls));
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async *stream(context, open) {
      yield* open(enter(context, streams));
    },
    async drain(deadlineMs) {
      streams.abort(closed);
      const waiting = new AbortController();
      const deadline = clock.sleep(Math.max(0, deadlineMs - clock.now()), { signal: waiting.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(running), deadline]);
      waiting.abort();
    },
    close() {
      streams.abort(closed);
      calls.abort(closed);
    },
  };
}
