import type { OutgoingCommand } from '../syncml/write-client-message.ts';

/** What the client knows of a session that is under way. It is lost when the device restarts; a new session begins then. */
export interface SessionState {
  readonly sessionId: string;
  /** MsgID of the message that was sent last; 0 before the first. */
  readonly lastMsgId: number;
  /** What has to be sent. */
  readonly outbox: readonly OutgoingCommand[];
  /** What the last message held, in the order of its CmdIDs from 1. */
  readonly lastSent: readonly OutgoingCommand[];
  readonly lastServerMsgId: number;
  /** The largest message the server takes, in bytes. */
  readonly maxMsgSizeBytes: number;
  /** Where the next message goes. */
  readonly targetUri: string;
  /** Set when the session ends after the message that is sent next, or has ended. */
  readonly ending?: SessionEnding;
}

/** `refused`: the server did not accept the client. `aborted`: the server sent alert 1223. `unenrolled`: the enrolment ended in this session. `cut`: a fault of the test. */
export type SessionEnding = 'completed' | 'aborted' | 'refused' | 'unenrolled' | 'cut';
