import type { SessionEvent } from '../../contract/session-event.ts';
import type { RecoverySession } from '../../schemas/session.ts';
import type { SessionChange, SessionState, SessionStep } from './session-state.ts';
import type { TrackedSession } from './tracked-session.ts';

const rememberedEvents = 2_000;
/** Ended sessions are kept this long in number, so that a late event does not bring one back. */
const rememberedEndings = 1_000;

export interface Observation {
  readonly pluginId: string;
  readonly monotonicMs: number;
}

/**
 * The registry after one event. The same event twice changes nothing. A device has one session at a time: a new one ends the one before. A session that was lost and is heard of
 * again is resumed, not detected anew, and one that has ended stays ended.
 */
export function reduceSessionEvent(state: SessionState, event: SessionEvent, seen: Observation): SessionStep {
  if (state.seenEventIds.includes(event.eventId)) return { state, changes: [] };
  const seenEventIds = [...state.seenEventIds, event.eventId].slice(-rememberedEvents);
  const step = applyEvent(state, event, seen);
  return { state: { sessions: step.state.sessions, seenEventIds }, changes: step.changes };
}

/** The registry after a complete list, as after a gap: what is not listed has ended. */
export function reduceSessionList(state: SessionState, listed: readonly RecoverySession[], seen: Observation): SessionStep {
  const present = new Set(listed.map(({ sessionId }) => sessionId));
  const upserted = chain(state, listed.map((session) => (now: SessionState) => (isNews(now, session) ? upsert(now, session, seen) : { state: now, changes: [] })));
  const gone = [...upserted.state.sessions.values()].filter(({ state: condition, session }) => condition !== 'ended' && !present.has(session.sessionId));
  const ended = chain(upserted.state, gone.map(({ session }) => (now: SessionState) => end(now, session.sessionId, 'no longer listed')));
  return { state: ended.state, changes: [...upserted.changes, ...ended.changes] };
}

/** The registry after a session was found silent, or after a probe said what became of it. */
export function reduceSilence(state: SessionState, sessionId: string, verdict: { readonly state: 'suspected-lost' | 'lost' | 'ended'; readonly reason: string }): SessionStep {
  const tracked = state.sessions.get(sessionId);
  if (!tracked || tracked.state === 'ended' || tracked.state === verdict.state) return { state, changes: [] };
  if (verdict.state === 'ended') return end(state, sessionId, verdict.reason);
  return replace(state, { ...tracked, ...verdict }, verdict.state === 'lost' ? 'session-lost' : 'session-updated');
}

/** The registry after a probe heard of a session. */
export function reduceProbe(state: SessionState, session: RecoverySession, seen: Observation): SessionStep {
  return upsert(state, session, seen);
}

/** Whether a listed session says more than what is known: the list alone is no sign of life. */
function isNews(state: SessionState, session: RecoverySession): boolean {
  const known = state.sessions.get(session.sessionId);
  return !known || Date.parse(session.lastSeenAt) > Date.parse(known.session.lastSeenAt);
}

function applyEvent(state: SessionState, event: SessionEvent, seen: Observation): SessionStep {
  switch (event.type) {
    case 'session.detected':
      return upsert(state, event.session, seen);
    case 'session.network':
      return hear(state, event.sessionId, event.observedAt, seen, { network: event.network });
    case 'session.heartbeat':
    case 'session.operation':
      return hear(state, event.sessionId, event.observedAt, seen, {});
    case 'session.log': {
      const heard = hear(state, event.sessionId, event.observedAt, seen, {});
      return { state: heard.state, changes: [...heard.changes, { type: 'session-log', event }] };
    }
    case 'session.lost':
      return reduceSilence(state, event.sessionId, { state: 'lost', reason: `the plug-in has not heard of it for ${event.silentForMs} ms` });
    case 'session.ended':
      return end(state, event.sessionId, event.reason);
    case 'stream.gap':
      return { state, changes: [{ type: 'stream-gap', reason: event.reason }] };
    case 'stream.checkpoint':
      return { state, changes: [{ type: 'stream-checkpoint', resumeToken: event.resumeToken }] };
  }
}

function upsert(state: SessionState, session: RecoverySession, seen: Observation): SessionStep {
  const known = state.sessions.get(session.sessionId);
  if (known?.state === 'ended') return { state, changes: [] };
  if (known) {
    const isBack = known.state === 'lost';
    const live: TrackedSession = { ...known, session, state: 'live', reason: isBack ? 'heard of again' : known.reason, heardAtMonotonicMs: seen.monotonicMs, resumptions: known.resumptions + (isBack ? 1 : 0) };
    return replace(state, live, isBack ? 'session-resumed' : 'session-updated');
  }
  const older = [...state.sessions.values()].filter((other) => other.state !== 'ended' && other.session.device.id === session.device.id);
  const superseded = chain(state, older.map((other) => (now: SessionState) => end(now, other.session.sessionId, `the device began session ${session.sessionId}`)));
  const fresh: TrackedSession = { pluginId: seen.pluginId, session, state: 'live', network: undefined, reason: `${session.source}, ${session.confidence}`, heardAtMonotonicMs: seen.monotonicMs, resumptions: 0 };
  const added = replace(superseded.state, fresh, 'session-detected');
  return { state: added.state, changes: [...superseded.changes, ...added.changes] };
}

function hear(state: SessionState, sessionId: string, observedAt: string, seen: Observation, news: Pick<Partial<TrackedSession>, 'network'>): SessionStep {
  const known = state.sessions.get(sessionId);
  // Never detected here: the stream began in the middle, and the next list brings it.
  if (!known || known.state === 'ended') return { state, changes: [] };
  const step = upsert(state, { ...known.session, lastSeenAt: observedAt > known.session.lastSeenAt ? observedAt : known.session.lastSeenAt }, seen);
  const live = step.state.sessions.get(sessionId);
  if (!live || news.network === undefined) return step;
  const told = { ...live, network: news.network };
  return { state: { ...step.state, sessions: new Map(step.state.sessions).set(sessionId, told) }, changes: step.changes.map((change) => ('session' in change ? { ...change, session: told } : change)) };
}

function end(state: SessionState, sessionId: string, reason: string): SessionStep {
  const known = state.sessions.get(sessionId);
  return !known || known.state === 'ended' ? { state, changes: [] } : replace(state, { ...known, state: 'ended', reason }, 'session-ended');
}

function replace(state: SessionState, session: TrackedSession, type: Exclude<SessionChange['type'], 'session-log' | 'stream-gap' | 'stream-checkpoint'>): SessionStep {
  const sessions = new Map(state.sessions).set(session.session.sessionId, session);
  const ended = [...sessions.values()].filter((other) => other.state === 'ended');
  for (const old of ended.slice(0, Math.max(0, ended.length - rememberedEndings))) sessions.delete(old.session.sessionId);
  return { state: { ...state, sessions }, changes: [{ type, session }] };
}

function chain(state: SessionState, steps: readonly ((now: SessionState) => SessionStep)[]): SessionStep {
  return steps.reduce<SessionStep>((sofar, step) => {
    const next = step(sofar.state);
    return { state: next.state, changes: [...sofar.changes, ...next.changes] };
  }, { state, changes: [] });
}
