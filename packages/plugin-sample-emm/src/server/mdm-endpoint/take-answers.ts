import type { ReadResult, ResultsCommand, StatusCommand, SyncMlMessage } from '@winre-kit/sdk/windows';
import type { AskedCommand, MdmSession, PartialValue } from './mdm-session.ts';

/** The longest value that is put together from chunks, in UTF-16 units. */
const maxValueLength = 262_144;

/** The session with a message's statuses and results in it. Answers to anything but the last message are not looked at. Pure. */
export function takeAnswers(session: MdmSession, message: SyncMlMessage): MdmSession {
  const toLast = (reference: string | undefined): boolean => reference === undefined || reference === String(session.askedIn);
  const statuses = message.commands.filter((command): command is StatusCommand => command.name === 'Status' && toLast(command.messageRef));
  const asked = session.asked.map((command) => withStatus(command, statuses));
  let { results, partial } = session;
  for (const command of message.commands) {
    if (command.name !== 'Results' || !toLast(command.messageRef)) continue;
    const taken = takeResults(asked, results, partial, command);
    ({ results } = taken);
    partial = taken.partial;
  }
  const { partial: _, ...kept } = session;
  return { ...kept, asked, results, ...(partial && { partial }) };
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

function takeResults(asked: readonly AskedCommand[], results: readonly ReadResult[], partial: PartialValue | undefined, { commandRef, items }: ResultsCommand): { readonly results: readonly ReadResult[]; readonly partial: PartialValue | undefined } {
  const get = asked.find(({ name, commandId }) => name === 'Get' && commandId === commandRef);
  const [item] = items;
  if (!get || !item) return { results, partial };
  const text = (partial?.uri === get.uri ? partial.text : '') + (item.data ?? '');
  if (text.length > maxValueLength) return { results, partial: undefined };
  if (item.hasMoreData) return { results, partial: { uri: get.uri, text } };
  return { results: [...results.filter(({ uri }) => uri !== get.uri), { uri: get.uri, status: 200, value: text }], partial: undefined };
}
