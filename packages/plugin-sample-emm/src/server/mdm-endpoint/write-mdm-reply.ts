import { fillMessage, replyStatuses, type NewSyncMlCommand, type ReassembledCommands, type RequestCommand, type ResultsCommand, type SyncMlCommand, type SyncMlMessage } from '@winre-kit/sdk/windows';
import { askedOf, commandOf, type MdmRequest } from './mdm-request.ts';
import type { AskedCommand, CutValue, MdmSession } from './mdm-session.ts';

/** A message ready to be encoded, and what is remembered of it. */
export interface MdmReply {
  readonly message: SyncMlMessage;
  readonly asked: readonly AskedCommand[];
  /** What begins in this message: all but the next chunk of a value, and what waits. */
  readonly begun: readonly MdmRequest[];
  /** Addresses of what did not fit, or only in part. */
  readonly waiting: readonly string[];
  readonly cut?: CutValue;
}

/** What a reply is written from, beside the message that it answers. */
export interface ReplyFacts {
  readonly session: MdmSession;
  /** The rest of a value that was cut comes first. */
  readonly requests: readonly MdmRequest[];
  /** What came of values in chunks. */
  readonly chunks: Pick<ReassembledCommands, 'answers' | 'hasNoEndOfData'>;
  /** The client's package is not complete: it is asked to go on. */
  readonly asksForRest: boolean;
  /** The longest message that is read here, in bytes. */
  readonly maxMessageBytes: number;
  /** The longest message that the client reads. */
  readonly maxClientBytes: number;
}

/**
 * The answer to a message: first a status for its header and for each of its commands, then what is asked, as much as the client takes in one message. The answer to one that
 * is not final is alert 1222, and the rest follows. Pure.
 */
export function writeMdmReply(received: SyncMlMessage, { session, requests, chunks, asksForRest, maxMessageBytes, maxClientBytes }: ReplyFacts): MdmReply {
  const { sessionId, source, target } = received.header;
  const header = { sessionId, messageId: String(session.messageId), target: source, source: target, meta: { maxMessageBytes } };
  const before: NewSyncMlCommand[] = [...replyStatuses(received, (command) => chunks.answers.find((answer) => answer.command === command)?.code ?? codeFor(command))];
  // 1225: a value stopped in the middle. 1222: the rest of the client's package, please.
  if (chunks.hasNoEndOfData) before.push({ name: 'Alert', code: 1_225, items: [] });
  if (asksForRest) before.push({ name: 'Alert', code: 1_222, items: [] });
  const sentLength = session.cut !== undefined && session.cut.uri === requests[0]?.uri ? session.cut.sentLength : 0;
  const commands = requests.map((request, index) => commandOf(request, index === 0 ? sentLength : 0));
  const { message, rest } = fillMessage(header, { commands, isContinued: sentLength > 0 }, maxClientBytes, before);
  const sent = message.commands.slice(before.length);
  const asked = sent.flatMap((command, index) => (requests[index] ? [askedOf(requests[index], command)] : []));
  const cutIndex = Math.max(0, sent.length - 1);
  const cutRequest = rest.isContinued ? requests[cutIndex] : undefined;
  const cut = cutRequest && { uri: cutRequest.uri, sentLength: (cutIndex === 0 ? sentLength : 0) + valueOf(sent[cutIndex]).length };
  return {
    message, asked, begun: requests.slice(sentLength > 0 ? 1 : 0, sent.length), ...(cut && { cut }),
    waiting: requests.slice(cut === undefined ? sent.length : cutIndex).map(({ uri }) => uri),
  };
}

function valueOf(command: SyncMlCommand | undefined): string {
  return command !== undefined && 'items' in command ? (command.items[0]?.data ?? '') : '';
}

/** A device says who it is and what happened; it has no business to give orders. */
function codeFor({ name }: RequestCommand | ResultsCommand): number {
  return name === 'Alert' || name === 'Replace' || name === 'Results' ? 200 : 405;
}
