import type { SessionSighting } from '../sessions/find-live-session.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** Intervals without a heartbeat after which a session is no longer believed. */
const silentIntervals = 3;

/** Met while the device's session was heard of within three heartbeat intervals and, when one is named, is that very session. */
export function judgeSessionLive({ session, observedAt }: SessionSighting, sessionId?: string): PlannedPrecheck {
  const id = 'session-live';
  if (!session) return { id, state: 'unmet', observedAt, evidence: 'the device has no open recovery session' };
  if (sessionId !== undefined && session.sessionId !== sessionId) {
    return { id, state: 'unmet', observedAt, evidence: `session ${sessionId} is over; the device is in session ${session.sessionId}` };
  }
  const silentForMs = Date.parse(observedAt) - Date.parse(session.lastSeenAt);
  const state = silentForMs <= silentIntervals * session.heartbeatEveryMs ? 'met' : 'unmet';
  return { id, state, observedAt: session.lastSeenAt, evidence: `session ${session.sessionId} was heard of ${Math.max(0, silentForMs)} ms before the EMM answered` };
}
