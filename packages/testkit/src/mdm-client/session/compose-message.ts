import { RecoveryError } from '@winre-kit/sdk';
import type { ResultsReply } from '../syncml/client-command.ts';
import { writeClientMessage, writeCommand, type ClientHeader, type OutgoingCommand } from '../syncml/write-client-message.ts';

/** A message that fits, and what has to wait for the next one. */
export interface ComposedMessage {
  readonly text: string;
  /** As they went out, chunks included, in the order of their CmdIDs from 1. */
  readonly sent: readonly OutgoingCommand[];
  readonly rest: readonly OutgoingCommand[];
}

/**
 * Puts as many commands into a message as fit into `limitBytes`, and cuts results that are too large on their own into chunks with MoreData.
 * The message is final when nothing waits behind it. Pure.
 *
 * @throws {RecoveryError} `resource-exhausted` when the limit is too small for any progress
 */
export function composeMessage(header: ClientHeader, outbox: readonly OutgoingCommand[], limitBytes: number): ComposedMessage {
  const sent: OutgoingCommand[] = [];
  let free = limitBytes - bytesOf(writeClientMessage(header, [], true));
  let rest = [...outbox];
  for (;;) {
    const [next, ...others] = rest;
    if (!next) break;
    const size = sizeOf(next);
    if (size <= free) {
      sent.push(next);
      free -= size;
      rest = others;
      continue;
    }
    const cut = next.command.kind === 'results' ? cutResults(next.command, next.msgRef, free) : undefined;
    if (cut) {
      sent.push(cut.chunk);
      rest = [cut.remainder, ...others];
    }
    break;
  }
  if (sent.length === 0 && rest.length > 0) throw new RecoveryError('resource-exhausted', `the server takes ${limitBytes} bytes a message, which is too little for one command`);
  return { text: writeClientMessage(header, sent, rest.length === 0), sent, rest };
}

function cutResults(results: ResultsReply, msgRef: string, free: number): { readonly chunk: OutgoingCommand; readonly remainder: OutgoingCommand } | undefined {
  // Only the first chunk says the size of the whole; the ones after it are told apart by their not having one.
  const isFirst = results.hasMoreData === undefined;
  const { sizeBytes: _, ...plain } = results;
  const whole = isFirst ? { ...plain, sizeBytes: bytesOf(results.data) } : plain;
  let left = free - sizeOf({ command: { ...whole, data: '', hasMoreData: true }, msgRef }) - '<Data></Data>'.length;
  let length = 0;
  for (const character of results.data) {
    left -= escapedBytesOf(character);
    if (left < 0) break;
    length += character.length;
  }
  if (length === 0) return undefined;
  return {
    chunk: { command: { ...whole, data: results.data.slice(0, length), hasMoreData: true }, msgRef },
    remainder: { command: { ...plain, data: results.data.slice(length), hasMoreData: false }, msgRef },
  };
}

function sizeOf(outgoing: OutgoingCommand): number {
  return bytesOf(writeCommand(outgoing, '99999').xml);
}

function escapedBytesOf(character: string): number {
  return { '&': 5, '<': 4, '>': 4, '"': 6, '\r': 5 }[character] ?? bytesOf(character);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
