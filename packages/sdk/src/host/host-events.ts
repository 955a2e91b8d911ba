import type { SessionEvent } from '../contract/session-event.ts';
import type { OperationSnapshot } from '../schemas/operation.ts';
import type { TrackedSession } from './sessions/tracked-session.ts';

/** Local events: a copy of what is already journalled or registered, for listeners in the same process. A listener that throws is logged; it disturbs nothing but the listeners after it. */
export interface HostEvents {
  'session-detected': [TrackedSession];
  'session-updated': [TrackedSession];
  'session-resumed': [TrackedSession];
  'session-lost': [TrackedSession];
  'session-ended': [TrackedSession];
  /** One piece of a session's log. */
  'session-log': [Extract<SessionEvent, { type: 'session.log' }>];
  'operation-changed': [OperationSnapshot];
}
