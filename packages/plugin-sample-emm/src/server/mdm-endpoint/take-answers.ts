import { matchReplies, type ReadResult, type RequestCommand, type SentMessage, type SyncMlMessage } from '@winre-kit/sdk/windows';
import type { AskedCommand, MdmSession } from './mdm-session.ts';

/** The session with a message's statuses and results in it, values whole. Answers to anything but the last message are not looked at. Pure. */
export function takeAnswers(session: MdmSession, message: SyncMlMessage): MdmSession {
  const sent: SentMessage = { header: { messageId: String(session.askedIn) }, commands: session.asked.map(withoutValue) };
  const { commands: replies } = matchReplies(sent, message.commands);
  const codes = new Map(replies.map(({ command, statuses }) => [command.commandId, statuses.map(({ code }) => code)]));
  const taken = replies.flatMap(({ command, results: [item] }) => (command.name === 'Get' && item ? [{ uri: command.items[0]?.target ?? '', status: 200, value: item.data ?? '' }] : []));
  return { ...session, asked: session.asked.map((command) => withStatus(command, codes)), results: [...session.results.filter(({ uri }) => !taken.some((result) => result.uri === uri)), ...taken] };
}

/** What was asked for with Get and how it was answered, with the values that came. An answer without a status has none. */
export function readResultsOf(session: MdmSession): readonly ReadResult[] {
  return session.asked.filter(({ name, status }) => name === 'Get' && status !== undefined).map(({ uri, status = 0 }): ReadResult => {
    const value = session.results.find((result) => result.uri === uri)?.value;
    return { uri, status, ...(value !== undefined && { value }) };
  });
}

/** The worst that was said: several items of a command may be answered one by one. */
function withStatus(command: AskedCommand, codes: ReadonlyMap<string, readonly number[]>): AskedCommand {
  const own = codes.get(command.commandId) ?? [];
  const members = command.members?.map((member) => withStatus(member, codes));
  const status = own.length === 0 ? command.status : Math.max(...own, command.status ?? 0);
  return { ...command, ...(members && { members }), ...(status !== undefined && { status }) };
}

function withoutValue({ name, commandId, uri, members = [] }: AskedCommand): RequestCommand {
  return name === 'Atomic' ? { name, commandId, commands: members.map(withoutValue) } : { name, commandId, items: [{ target: uri }] };
}
