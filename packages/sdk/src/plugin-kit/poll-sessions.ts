import { z } from 'zod';
import type { CallContext } from '../contract/call-context.ts';
import { instantAt } from '../contract/clock.ts';
import type { HostServices } from '../contract/host-services.ts';
import type { SessionEventInput } from '../contract/session-event.ts';
import type { SessionWatchRequest } from '../contract/session-source.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import { recoverySessionSchema, type RecoverySession } from '../schemas/session.ts';
import { diffSessions, type SessionHysteresis, type TrackedSession } from './diff-sessions.ts';

/** What is polled, and how often. */
export interface SessionPoll {
  list(call: CallContext): AsyncIterable<RecoverySession>;
  readonly everyMs: number;
  /** Default: lost after 2 missed lists, ended after 6. */
  readonly hysteresis?: SessionHysteresis;
  /** Lists that may fail one after the other before the watch gives up. Default 5. A failed list is no missed list. */
  readonly maxFailures?: number;
}

const resumeSchema = z.array(z.strictObject({ session: recoverySessionSchema, misses: z.int().nonnegative(), heartbeats: z.int().nonnegative() }));

/**
 * Turns a vendor's list of sessions into session events, for vendors that have no event stream. Every list that changed something ends with a
 * `stream.checkpoint`, whose token holds the sessions known then; a token it cannot read begins the watch with `stream.gap`.
 *
 * @throws {RecoveryError} what `list` threw when its advice is not to wait, or when it failed too often
 * @throws the signal's reason when aborted
 */
export async function* pollSessions(services: Pick<HostServices, 'clock'>, poll: SessionPoll, request: SessionWatchRequest, call: CallContext): AsyncGenerator<SessionEventInput, void, undefined> {
  const { clock } = services;
  const { hysteresis = { missesUntilLost: 2, missesUntilEnded: 6 }, maxFailures = 5 } = poll;
  const stamp = (kind: string, what: string): { eventId: string; occurredAt: string; observedAt: string } => {
    const at = instantAt(clock.now());
    return { eventId: `${kind}/${at}/${what}`, occurredAt: at, observedAt: at };
  };
  const resumed = readResumeToken(request.resumeToken);
  if (resumed === undefined) yield { type: 'stream.gap', ...stamp('gap', 'token'), reason: 'the resume token cannot be read' };
  let tracked = resumed ?? [];

  for (let failures = 0; ;) {
    call.signal.throwIfAborted();
    let waitMs = poll.everyMs;
    try {
      const listed: RecoverySession[] = [];
      for await (const session of poll.list(call)) if (request.deviceId === undefined || session.device.id === request.deviceId) listed.push(session);
      const diff = diffSessions(tracked, listed, clock.now(), hysteresis);
      tracked = [...diff.tracked];
      failures = 0;
      yield* diff.events;
      const last = diff.events.at(-1);
      if (last) yield { type: 'stream.checkpoint', ...stamp('checkpoint', last.eventId), resumeToken: JSON.stringify(tracked) };
    } catch (error) {
      failures += 1;
      const mayWait = RecoveryError.isInstance(error) && (error.retry === 'with-backoff' || error.retry === 'at-reset');
      if (!mayWait || failures > maxFailures || call.signal.aborted) throw error;
      waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
    }
    await clock.sleep(waitMs, { signal: call.signal });
  }
}

function readResumeToken(token: string | undefined): readonly TrackedSession[] | undefined {
  if (token === undefined) return [];
  try {
    return resumeSchema.parse(JSON.parse(token));
  } catch {
    return undefined;
  }
}
