import { RecoveryError } from '../../errors/recovery-error.ts';
import { escapeXmlText } from '../xml/write-xml.ts';
import { createMessageWriter, utf8Length } from './create-message-writer.ts';
import type { NewSyncMlCommand } from './syncml-command.ts';
import type { SyncMlItem } from './syncml-item.ts';
import type { SyncMlHeader, SyncMlMessage } from './syncml-message.ts';

/** Commands that wait to be sent, in order. Plain JSON, so it can be kept between messages. */
export interface CommandQueue {
  readonly commands: readonly NewSyncMlCommand[];
  /** The first command is the rest of a large object whose beginning was sent. */
  readonly isContinued: boolean;
}

/** A message, and what did not fit. */
export interface FilledMessage {
  readonly message: SyncMlMessage;
  /** Send it after the other side answered this message: with 213 and alert 1222 when an object was cut. */
  readonly rest: CommandQueue;
}

type CarriesObject = Extract<NewSyncMlCommand, { readonly name: 'Add' | 'Replace' | 'Exec' | 'Results' }>;

/**
 * Fills one message with as many commands as its receiver takes, in order.
 *
 * A command that does not fit waits for the next message. One that no message could hold whole, or that does not fit even as the first, is cut when it is an Add, Replace,
 * Exec or Results of one item: MoreData, the whole size in the first chunk, nothing behind it in the message. The message is final when nothing is left.
 *
 * @param maxMessageBytes what the other side said in `MaxMsgSize`; both sides measure the encoded message
 * @param before statuses and alerts that belong into this very message; they come first and are never left over
 * @throws {RecoveryError} `invalid-argument` for a command that can neither be sent whole nor be cut, such as a long Atomic, also beside the two statuses that every next message owes
 * @see https://www.openmobilealliance.org/release/DM/V1_2_1-20080617-A/OMA-TS-DM_Protocol-V1_2_1-20080617-A.pdf (section 7)
 */
export function fillMessage(header: SyncMlHeader, queue: CommandQueue, maxMessageBytes: number, before: readonly NewSyncMlCommand[] = []): FilledMessage {
  const writer = createMessageWriter(header);
  const bytesEmpty = writer.bytes();
  for (const command of before) writer.add(command);
  for (const [at, command] of queue.commands.entries()) {
    const isContinued = queue.isContinued && at === 0;
    const bytes = writer.bytes(command);
    if (bytes <= maxMessageBytes) {
      writer.add(command);
      continue;
    }
    const waiting = queue.commands.slice(at + 1);
    const bytesAlone = bytesEmpty + bytes - writer.bytes();
    // Every message answers something: a command that waits for one without statuses waits for ever.
    if ((bytesAlone > maxMessageBytes || at === 0) && isCuttable(command)) {
      const cut = cutCommand(command, isContinued, (chunk) => maxMessageBytes - writer.bytes(chunk));
      if (cut !== undefined) {
        writer.add(cut.chunk);
        return { message: writer.message(false), rest: { commands: [cut.rest, ...waiting], isContinued: true } };
      }
    }
    if (at > 0 || fitsBesideFewer(header, command, isContinued, before, maxMessageBytes)) return { message: writer.message(false), rest: { commands: [command, ...waiting], isContinued } };
    throw new RecoveryError('invalid-argument', `${command.name} of ${bytesAlone} bytes does not fit into messages of ${maxMessageBytes} and cannot be cut`, { facts: { bytes: bytesAlone, maxMessageBytes } });
  }
  return { message: writer.message(true), rest: { commands: [], isContinued: false } };
}

/** Header and alert 1222: whoever asks for the next message is owed two statuses in it. */
const fewestStatuses = 2;

/** Whether a later message, which owes fewer statuses, has room for the command or for a character of it. If not it would wait for ever. */
function fitsBesideFewer(header: SyncMlHeader, command: NewSyncMlCommand, isContinued: boolean, before: readonly NewSyncMlCommand[], maxMessageBytes: number): boolean {
  if (before.length <= fewestStatuses) return false;
  const writer = createMessageWriter(header);
  for (const status of before.slice(0, fewestStatuses)) writer.add(status);
  return writer.bytes(command) <= maxMessageBytes || (isCuttable(command) && cutCommand(command, isContinued, (chunk) => maxMessageBytes - writer.bytes(chunk)) !== undefined);
}

function isCuttable(command: NewSyncMlCommand): command is CarriesObject {
  return (command.name === 'Add' || command.name === 'Replace' || command.name === 'Exec' || command.name === 'Results') && command.items.length === 1;
}

/** Cuts as much as `spaceBeside` leaves; undefined when that is not one character. */
function cutCommand(command: CarriesObject, isContinued: boolean, spaceBeside: (chunk: CarriesObject) => number): { readonly chunk: CarriesObject; readonly rest: CarriesObject } | undefined {
  const [item = {}] = command.items;
  const data = item.data ?? '';
  const { sizeBytes: _size, ...metaOfRest } = item.meta ?? {};
  const meta = isContinued ? metaOfRest : { ...metaOfRest, sizeBytes: utf8Length(data) };
  const chunkWith = (text: string): CarriesObject => withItem(command, { ...item, meta, data: text, hasMoreData: true });
  // Counted with one character in it, so that Data is counted as an element with a beginning and an end.
  const length = prefixLength(data, spaceBeside(chunkWith('x')) + 1);
  if (length === 0) return undefined;
  return { chunk: chunkWith(data.slice(0, length)), rest: withItem(command, { ...item, meta: metaOfRest, data: data.slice(length) }) };
}

function withItem(command: CarriesObject, item: SyncMlItem): CarriesObject {
  return { ...command, items: [item] };
}

/** Length of the longest beginning whose escaped form has at most so many bytes, never half a character. */
function prefixLength(text: string, maxBytes: number): number {
  let bytes = 0;
  let length = 0;
  for (const character of text) {
    bytes += utf8Length(escapeXmlText(character));
    if (bytes > maxBytes) break;
    length += character.length;
  }
  return length;
}
