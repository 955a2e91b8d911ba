import type { DeviceCommand, ServerStatus } from './server-command.ts';

/** A message of the server as the client understood it. */
export interface ServerMessage {
  readonly sessionId: string;
  readonly msgId: string;
  readonly verDtd: string;
  readonly verProto: string;
  readonly targetUri: string;
  readonly sourceUri: string;
  /** Where the next message has to go, when the server says so. */
  readonly respUri?: string;
  readonly hasCredentials: boolean;
  /** The largest message the server takes, in bytes, when it says so. */
  readonly maxMsgSizeBytes?: number;
  readonly statuses: readonly ServerStatus[];
  readonly commands: readonly DeviceCommand[];
  readonly isFinal: boolean;
  /** What Windows might refuse though it was understood here: element order, CDATA, missing ids, foreign namespaces. Empty for a message without fault. */
  readonly violations: readonly string[];
}
