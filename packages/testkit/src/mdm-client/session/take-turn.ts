import type { DeviceModel } from '../device/device-model.ts';
import type { DeviceState } from '../device/device-state.ts';
import { runCommands } from '../device/run-commands.ts';
import type { ClientCommand } from '../syncml/client-command.ts';
import type { ServerMessage } from '../syncml/server-message.ts';
import { checkServerMessage } from './check-server-message.ts';
import type { SessionState } from './session-state.ts';

/** What a message of the server did to the device and to the session. */
export interface Turn {
  readonly session: SessionState;
  readonly device: DeviceState;
  /** What the device answers, with its reasons. */
  readonly replies: readonly ClientCommand[];
  readonly violations: readonly string[];
}

/** Takes a message of the server: runs its commands and says what is sent next, if anything. Pure. */
export function takeTurn(model: DeviceModel, device: DeviceState, session: SessionState, message: ServerMessage, deviceId: string, nowMs: number): Turn {
  const violations = [...message.violations, ...checkServerMessage(session, message, deviceId)];
  const heard: SessionState = {
    ...session,
    lastServerMsgId: Number(message.msgId) || session.lastServerMsgId + 1,
    maxMsgSizeBytes: message.maxMsgSizeBytes ?? session.maxMsgSizeBytes,
    targetUri: message.respUri ?? session.targetUri,
  };
  const headerStatus = message.statuses.find(({ cmdRef }) => cmdRef === '0')?.status ?? 0;
  if (headerStatus >= 300) return { session: { ...heard, outbox: [], ending: 'refused' }, device, replies: [], violations };
  const isDone = message.isFinal && message.commands.length === 0 && session.outbox.length === 0;
  // After the last words of a session the server's answer changes nothing any more.
  if (session.ending || isDone) return { session: { ...heard, outbox: [], ending: session.ending ?? 'completed' }, device, replies: [], violations };

  const isSameProtocol = message.verDtd === '1.2' && message.verProto === 'DM/1.2';
  const outcome = runCommands(model, device, isSameProtocol ? message.commands : [], nowMs);
  const header: ClientCommand = { kind: 'status', cmdRef: '0', cmd: 'SyncHdr', status: isSameProtocol ? (message.hasCredentials ? 212 : 200) : 400 };
  const askForMore: ClientCommand[] = message.isFinal || outcome.isEnded ? [] : [{ kind: 'alert', code: '1222' }];
  const replies = [header, ...outcome.replies, ...askForMore];
  const outbox = [...session.outbox, ...replies.map((command) => ({ command, msgRef: message.msgId }))];
  // The status of the header has to be the first command of the message, before chunks that waited.
  const ordered = [...outbox.filter(isHeaderStatus), ...outbox.filter((one) => !isHeaderStatus(one))];
  const ending = outcome.isEnded ? { ending: outcome.state.isUnenrolled ? ('unenrolled' as const) : ('aborted' as const) } : {};
  // MS-MDM 2.2.6.1: a client sends no message that says nothing but that the header was well.
  if (ordered.length === 1 && isSameProtocol) return { session: { ...heard, outbox: [], ending: 'completed', ...ending }, device: outcome.state, replies: [], violations };
  return { session: { ...heard, outbox: ordered, ...ending }, device: outcome.state, replies, violations };
}

function isHeaderStatus({ command }: { readonly command: ClientCommand }): boolean {
  return command.kind === 'status' && command.cmdRef === '0';
}
