import type { SessionEvent } from '../../contract/session-event.ts';
import type { TrackedSession } from './tracked-session.ts';

/** Everything the registry knows about the sessions of one plug-in. Never modified, only replaced. */
export interface SessionState {
  readonly sessions: ReadonlyMap<string, TrackedSession>;
  /** Ids of the latest events, oldest first, to drop repetitions. */
  readonly seenEventIds: readonly string[];
}

/** What one step changed, in the order in which it happened. */
export type SessionChange =
  | { readonly type: 'session-detected' | 'session-updated' | 'session-resumed' | 'session-lost' | 'session-ended'; readonly session: TrackedSession }
  | { readonly type: 'session-log'; readonly event: Extract<SessionEvent, { type: 'session.log' }> }
  /** Events are missing: list again. */
  | { readonly type: 'stream-gap'; readonly reason: string }
  | { readonly type: 'stream-checkpoint'; readonly resumeToken: string };

export interface SessionStep {
  readonly state: SessionState;
  readonly changes: readonly SessionChange[];
}

export const noSessions: SessionState = { sessions: new Map(), seenEventIds: [] };
