import type { StatusCommand, SyncMlCommand, SyncMlMessage } from '@winre-kit/sdk/windows';
import { numberRequests, type MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmSession } from './mdm-session.ts';

/** A message ready to be encoded, and what is remembered of its commands. */
export interface MdmReply {
  readonly message: SyncMlMessage;
  readonly asked: readonly AskedCommand[];
}

/**
 * The answer to a message: first a status for its header and for each of its commands, then what is asked. Pure.
 *
 * @param maxMessageBytes the longest message that is read here
 */
export function writeMdmReply(received: SyncMlMessage, session: MdmSession, requests: readonly MdmRequest[], maxMessageBytes: number): MdmReply {
  let last = 0;
  const nextId = (): string => String((last += 1));
  const { header } = received;
  const status = (commandRef: string, command: string, code: number): StatusCommand => ({
    name: 'Status', commandId: nextId(), messageRef: header.messageId, commandRef, command, targetRefs: [], sourceRefs: [], code, items: [],
  });
  const statuses: SyncMlCommand[] = [status('0', 'SyncHdr', 200)];
  for (const command of received.commands) {
    if (command.name === 'Status' || ('wantsNoResponse' in command && command.wantsNoResponse)) continue;
    statuses.push(status(command.commandId, command.name, codeFor(command)));
  }
  const waits = !received.isFinal || session.partial !== undefined;
  // 1222 asks for the rest of the client's package.
  const nextMessage: SyncMlCommand[] = waits && session.step !== 'done' ? [{ name: 'Alert', commandId: nextId(), code: 1_222, items: [] }] : [];
  const { commands, asked } = numberRequests(requests, nextId);
  return {
    message: {
      header: { sessionId: header.sessionId, messageId: String(session.messageId), target: header.source, source: header.target, meta: { maxMessageBytes } },
      commands: [...statuses, ...nextMessage, ...commands],
      isFinal: true,
    },
    asked,
  };
}

/** A device says who it is and what happened; it has no business to give orders. */
function codeFor(command: SyncMlCommand): number {
  switch (command.name) {
    case 'Alert':
    case 'Replace':
      return 200;
    case 'Results':
      return command.items.some(({ hasMoreData }) => hasMoreData) ? 213 : 200;
    case 'Add':
    case 'Delete':
    case 'Get':
    case 'Exec':
    case 'Atomic':
    case 'Sequence':
    case 'Status':
      return 405;
  }
}
