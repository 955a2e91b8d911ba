import type { ReadResult, ResultsCommand, StatusCommand, SyncMlMessage } from '@winre-kit/sdk/windows';
import type { AskedCommand, MdmSession } from './mdm-session.ts';

/** The session with a message's statuses and results in it, values whole. Answers to anything but the last message are not looked at. Pure. */
export function takeAnswers(session: MdmSession, message: SyncMlMessage): MdmSession {
  const toLast = (reference: string): boolean => reference === String(session.askedIn);
  const statuses = message.commands.filter((command): command is StatusCommand => command.name === 'Status' && toLast(command.messageRef));
  const asked = session.asked.map((command) => withStatus(command, statuses));
  const taken = message.commands.flatMap((command) => (command.name === 'Results' && toLast(command.messageRef) ? resultOf(asked, command) : []));
  return { ...session, asked, results: [...session.results.filter(({ uri }) => !taken.some((result) => result.uri === uri)), ...taken] };
}

/** What was asked for with Get and how it was answered, with the values that came. An answer without a status has none. */
export function readResultsOf(session: MdmSession): readonly ReadResult[] {
  const answered = session.asked.filter(({ name, status }) => name === 'Get' && status !== undefined).map(({ uri, status = 0 }): ReadResult => {
    const value = session.results.find((result) => result.uri === uri)?.value;
    return { uri, status, ...(value !== undefined && { value }) };
  });
  return answered;
}

function withStatus(command: AskedCommand, statuses: readonly StatusCommand[]): AskedCommand {
  const own = statuses.filter(({ commandRef }) => commandRef === command.commandId).map(({ code }) => code);
  const members = command.members?.map((member) => withStatus(member, statuses));
  const status = own.length === 0 ? command.status : Math.max(...own, command.status ?? 0);
  return { ...command, ...(members && { members }), ...(status !== undefined && { status }) };
}

function resultOf(asked: readonly AskedCommand[], { commandRef, items }: ResultsCommand): readonly ReadResult[] {
  const get = asked.find(({ name, commandId }) => name === 'Get' && commandId === commandRef);
  const [item] = items;
  return get && item ? [{ uri: get.uri, status: 200, value: item.data ?? '' }] : [];
}
