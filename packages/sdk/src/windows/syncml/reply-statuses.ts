import type { NewSyncMlCommand, RequestCommand, ResultsCommand, StatusCommand, SyncMlCommand } from './syncml-command.ts';
import type { SyncMlMessage } from './syncml-message.ts';

/** A status before it has a number. */
export type NewStatus = Omit<StatusCommand, 'commandId'>;

/** How one received command is answered: a code for all of it, or one for each of its items in their order. */
export type JudgeCommand = (command: RequestCommand | ResultsCommand) => number | readonly number[];

/**
 * The statuses that answer a message: first its header's, then one for each command in the order of the message, members of Atomic and Sequence after them.
 *
 * Codes that differ between the items of a command become one status for each item, referring to it; otherwise there is one without references.
 * A Status is not answered, Results only when judged other than 200 (213 for a chunk of a large object), and nothing of whoever wants no response.
 * A server sends these even when there is nothing else to say; a client does not send a message of the header's status alone.
 *
 * @param judge 200 for every command unless given
 * @param headerCode 212 when this message's credentials were checked for the session, else 200
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/36b1a4d9-fd93-48ce-b865-6a9d396c52a4
 */
export function replyStatuses(received: SyncMlMessage, judge: JudgeCommand = () => 200, headerCode = 200): readonly NewStatus[] {
  if (received.header.wantsNoResponse === true) return [];
  const { messageId } = received.header;
  const ofHeader = statusOf({ messageRef: messageId, commandRef: '0', command: 'SyncHdr', code: headerCode });
  return [ofHeader, ...received.commands.flatMap((command) => statusesOf(messageId, command, judge))];
}

/**
 * The status that answers one command as a whole: without references, as the page asks of a single status.
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/36b1a4d9-fd93-48ce-b865-6a9d396c52a4
 */
export function statusOf(answer: Pick<NewStatus, 'messageRef' | 'commandRef' | 'command' | 'code'>): NewStatus & NewSyncMlCommand {
  return { name: 'Status', targetRefs: [], sourceRefs: [], items: [], ...answer };
}

function statusesOf(messageRef: string, command: SyncMlCommand, judge: JudgeCommand): readonly NewStatus[] {
  if (command.name === 'Status') return [];
  const isSilent = command.name !== 'Results' && command.wantsNoResponse === true;
  const own = isSilent ? [] : judged(messageRef, command, judge(command)).filter(({ code }) => command.name !== 'Results' || code !== 200);
  const members = command.name === 'Atomic' || command.name === 'Sequence' ? command.commands.flatMap((member) => statusesOf(messageRef, member, judge)) : [];
  return [...own, ...members];
}

function judged(messageRef: string, command: RequestCommand | ResultsCommand, codes: number | readonly number[]): readonly NewStatus[] {
  const answer = { messageRef, commandRef: command.commandId, command: command.name };
  if (typeof codes === 'number') return [statusOf({ ...answer, code: codes })];
  const [first = 200] = codes;
  if (codes.every((code) => code === first)) return [statusOf({ ...answer, code: first })];
  const items = 'items' in command ? command.items : [];
  return codes.map((code, at) => {
    const { target, source } = items[at] ?? {};
    return { ...statusOf({ ...answer, code }), targetRefs: target === undefined ? [] : [target], sourceRefs: source === undefined ? [] : [source] };
  });
}
