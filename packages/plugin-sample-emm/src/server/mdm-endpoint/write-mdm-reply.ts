import { createMessageWriter, replyStatuses, type ReassembledCommands, type RequestCommand, type ResultsCommand, type SyncMlMessage } from '@winre-kit/sdk/windows';
import { askedOf, commandOf, type MdmRequest } from './mdm-request.ts';
import type { AskedCommand, MdmSession } from './mdm-session.ts';

/** A message ready to be encoded, and what is remembered of its commands. */
export interface MdmReply {
  readonly message: SyncMlMessage;
  readonly asked: readonly AskedCommand[];
}

/** What came of values in chunks. */
export type ChunkVerdict = Pick<ReassembledCommands, 'answers' | 'hasNoEndOfData'>;

/**
 * The answer to a message: first a status for its header and for each of its commands, then what is asked. Pure.
 *
 * @param maxMessageBytes the longest message that is read here
 */
export function writeMdmReply(received: SyncMlMessage, session: MdmSession, requests: readonly MdmRequest[], chunks: ChunkVerdict, maxMessageBytes: number): MdmReply {
  const { sessionId, source, target } = received.header;
  const writer = createMessageWriter({ sessionId, messageId: String(session.messageId), target: source, source: target, meta: { maxMessageBytes } });
  for (const status of replyStatuses(received, (command) => chunks.answers.find((answer) => answer.command === command)?.code ?? codeFor(command))) writer.add(status);
  // 1225: a value stopped in the middle. 1222: the rest of the client's package, please.
  if (chunks.hasNoEndOfData) writer.add({ name: 'Alert', code: 1_225, items: [] });
  if ((!received.isFinal || session.partial !== undefined) && session.step !== 'done') writer.add({ name: 'Alert', code: 1_222, items: [] });
  const asked = requests.map((request) => askedOf(request, writer.add(commandOf(request))));
  return { message: writer.message(true), asked };
}

/** A device says who it is and what happened; it has no business to give orders. */
function codeFor({ name }: RequestCommand | ResultsCommand): number {
  return name === 'Alert' || name === 'Replace' || name === 'Results' ? 200 : 405;
}
