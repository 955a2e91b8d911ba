import { instantAt } from '../contract/clock.ts';
import type { SessionEventInput } from '../contract/session-event.ts';
import type { RecoverySession } from '../schemas/session.ts';

/** A session as the poller saw it last. */
export interface TrackedSession {
  readonly session: RecoverySession;
  /** How many lists in a row did not hold it. */
  readonly misses: number;
  readonly heartbeats: number;
}

/** How many lists in a row must miss a session before it counts as lost, and as ended. */
export interface SessionHysteresis {
  readonly missesUntilLost: number;
  readonly missesUntilEnded: number;
}

/** What to remember until the next list, and what happened since the last. */
export interface SessionDiff {
  readonly tracked: readonly TrackedSession[];
  readonly events: readonly SessionEventInput[];
}

/**
 * What changed between two lists of sessions, as events. A session that comes back before it ended goes on with a heartbeat: one stay, one `detected`.
 * Event ids follow from what happened, so that the same change seen twice is the same event.
 */
export function diffSessions(tracked: readonly TrackedSession[], listed: readonly RecoverySession[], nowMs: number, hysteresis: SessionHysteresis): SessionDiff {
  const observedAt = instantAt(nowMs);
  const events: SessionEventInput[] = [];
  const next = new Map<string, TrackedSession>();
  const known = new Map(tracked.map((item) => [item.session.sessionId, item]));
  const stampOf = ({ sessionId, device }: RecoverySession, kind: string, occurredAt: string): { eventId: string; occurredAt: string; observedAt: string; sessionId: string; device: RecoverySession['device'] } => ({
    eventId: `${sessionId}/${kind}/${occurredAt}`, occurredAt, observedAt, sessionId, device,
  });

  for (const session of listed) {
    if (next.has(session.sessionId)) continue;
    const before = known.get(session.sessionId);
    if (!before) events.push({ type: 'session.detected', ...stampOf(session, 'detected', session.startedAt), session });
    const isNewer = before !== undefined && Date.parse(session.lastSeenAt) > Date.parse(before.session.lastSeenAt);
    const heartbeats = (before?.heartbeats ?? 0) + (isNewer ? 1 : 0);
    if (isNewer) events.push({ type: 'session.heartbeat', ...stampOf(session, 'heartbeat', session.lastSeenAt), sequence: heartbeats });
    next.set(session.sessionId, { session, misses: 0, heartbeats });
  }
  for (const before of tracked) {
    const { session } = before;
    if (next.has(session.sessionId)) continue;
    const misses = before.misses + 1;
    if (misses === hysteresis.missesUntilLost) {
      events.push({ type: 'session.lost', ...stampOf(session, 'lost', session.lastSeenAt), silentForMs: Math.max(0, nowMs - Date.parse(session.lastSeenAt)) });
    }
    if (misses >= hysteresis.missesUntilEnded) events.push({ type: 'session.ended', ...stampOf(session, 'ended', session.lastSeenAt), reason: 'unknown' });
    else next.set(session.sessionId, { ...before, misses });
  }
  return { tracked: [...next.values()], events };
}
