import type { CallContext } from '@winre-kit/sdk';
import { RecoveryError } from '@winre-kit/sdk';
import { retrySchedule, type RetryPolicy } from '@winre-kit/sdk/plugin-kit';
import type { z } from 'zod';
import type { SampleEmm } from './sample-emm.ts';

interface FollowRequest<Line extends z.ZodType> {
  /** Where to go on; asked anew for each connection, so that it can begin behind the last line seen. */
  open(): { readonly path: string; readonly query: Readonly<Record<string, string>> };
  readonly line: Line;
  readonly doing: string;
}

/** For a stream that breaks: patient enough for a restart of the EMM, not for ever. A line that arrives starts the count anew. */
const reconnectPolicy: RetryPolicy = { maxAttempts: 8, firstDelayMs: 250, maxDelayMs: 10_000, maxTotalMs: 120_000 };

/**
 * Lines of a stream that has no end of its own: a connection that ends or breaks is opened again. The reader stops by leaving the loop or by its signal.
 *
 * @throws the last error when the EMM stays away, or refuses
 */
export async function* followLines<Line extends z.ZodType>(emm: SampleEmm, request: FollowRequest<Line>, call: CallContext): AsyncGenerator<z.output<Line>> {
  let attempt = 0;
  let failingSinceMs = emm.clock.monotonicMs();
  for (;;) {
    let error: unknown;
    try {
      for await (const value of emm.client.lines({ ...request.open(), line: request.line, doing: request.doing }, call)) {
        attempt = 0;
        failingSinceMs = emm.clock.monotonicMs();
        yield value;
      }
      error = new RecoveryError('unavailable', `${request.doing}: the EMM ended the stream`);
    } catch (caught) {
      error = caught;
    }
    call.signal.throwIfAborted();
    attempt += 1;
    const decision = retrySchedule({ attempt, elapsedMs: emm.clock.monotonicMs() - failingSinceMs, random: 1, error }, reconnectPolicy);
    if (!decision.again) throw error;
    await emm.clock.sleep(decision.delayMs, { signal: call.signal });
  }
}
