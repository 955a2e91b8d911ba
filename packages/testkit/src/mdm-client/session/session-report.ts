import type { ClientCommand } from '../syncml/client-command.ts';
import type { ServerStatus } from '../syncml/server-command.ts';
import type { SessionEnding } from './session-state.ts';

/** A message as it went over the wire. It may hold secrets in clear, as SyncML does. */
export interface TranscriptEntry {
  readonly from: 'client' | 'server';
  readonly text: string;
}

/** One session, from the first message to the last. */
export interface MdmSessionReport {
  readonly sessionId: string;
  readonly ending: SessionEnding;
  /** Every status, result and alert of the device in order, statuses with the reason for what was refused. */
  readonly replies: readonly ClientCommand[];
  /** What the server said to the client's own commands. */
  readonly serverStatuses: readonly ServerStatus[];
  /** What Windows might have refused in the server's messages, though this client understood it. A good server leaves it empty. */
  readonly violations: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
}
