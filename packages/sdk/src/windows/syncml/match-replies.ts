import type { RequestCommand, ResultsCommand, StatusCommand, SyncMlCommand } from './syncml-command.ts';
import type { SyncMlItem } from './syncml-item.ts';
import type { SyncMlHeader, SyncMlMessage } from './syncml-message.ts';

/** What became of one command that was sent. */
export interface CommandReply {
  readonly command: RequestCommand;
  /** In the order they came; none when it was not answered, which leaves it unknown whether it ran. Several when items differ. */
  readonly statuses: readonly StatusCommand[];
  /** Items of all Results for it. */
  readonly results: readonly SyncMlItem[];
}

/** The answers to one message. */
export interface MessageReplies {
  /** What became of the header; undefined when that was not said. */
  readonly header: StatusCommand | undefined;
  /** One for each command that was sent, members of Atomic and Sequence after them. */
  readonly commands: readonly CommandReply[];
  /** Answers that refer to nothing in the message: somebody is confused, or they belong to an earlier one. */
  readonly unmatched: readonly (StatusCommand | ResultsCommand)[];
}

/** What is needed of a message to know its answers. Values of its commands are not: whoever keeps it between messages may leave them out. */
export interface SentMessage extends Pick<SyncMlMessage, 'commands'> {
  readonly header: Pick<SyncMlHeader, 'messageId'>;
}

/**
 * Brings together what was sent and what was answered, by MsgRef and CmdRef. Answers may be spread over several messages: give their commands one after the other.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/36b1a4d9-fd93-48ce-b865-6a9d396c52a4
 */
export function matchReplies(sent: SentMessage, received: readonly SyncMlCommand[]): MessageReplies {
  const answers = received.filter((command) => command.name === 'Status' || command.name === 'Results');
  const requests = sent.commands.flatMap(withMembers);
  const known = new Set(['0', ...requests.map(({ commandId }) => commandId)]);
  const isMatched = (answer: StatusCommand | ResultsCommand): boolean => answer.messageRef === sent.header.messageId && known.has(answer.commandRef);
  const matched = Map.groupBy(answers.filter(isMatched), ({ commandRef }) => commandRef);
  const statusesOf = (commandId: string): readonly StatusCommand[] => matched.get(commandId)?.filter((answer) => answer.name === 'Status') ?? [];
  const resultsOf = (commandId: string): readonly ResultsCommand[] => matched.get(commandId)?.filter((answer) => answer.name === 'Results') ?? [];
  return {
    header: statusesOf('0')[0],
    commands: requests.map((command) => ({ command, statuses: statusesOf(command.commandId), results: resultsOf(command.commandId).flatMap(({ items }) => items) })),
    unmatched: answers.filter((answer) => !isMatched(answer)),
  };
}

function withMembers(command: SyncMlCommand): readonly RequestCommand[] {
  if (command.name === 'Status' || command.name === 'Results') return [];
  return command.name === 'Atomic' || command.name === 'Sequence' ? [command, ...command.commands.flatMap(withMembers)] : [command];
}
