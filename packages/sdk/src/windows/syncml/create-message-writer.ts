import { encodeSyncMl } from './encode-syncml.ts';
import type { NewRequestCommand, NewSyncMlCommand, RequestCommand, SyncMlCommand } from './syncml-command.ts';
import type { SyncMlHeader, SyncMlMessage } from './syncml-message.ts';

/** Puts one message together. Commands go out in the order they were added. */
export interface MessageWriter {
  /** Gives a command, and the members of an Atomic or Sequence after it, the next numbers, and takes it into the message. */
  add(command: NewSyncMlCommand): SyncMlCommand;
  /** UTF-8 bytes of the message, or of what it would be with this command too; nothing is added. */
  bytes(including?: NewSyncMlCommand): number;
  /** The message so far. `isFinal` is false when more messages of this package follow. */
  message(isFinal: boolean): SyncMlMessage;
}

/**
 * Starts a message and numbers its commands from 1, as everything that answers it will refer to them.
 *
 * Who holds the session counts the messages: MsgID is in the header, from `1`, one more with each message.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm (sections 2.2.3.2, 2.2.3.6)
 */
export function createMessageWriter(header: SyncMlHeader): MessageWriter {
  const commands: SyncMlCommand[] = [];
  // Final is always counted, so that the body is never empty and lengths add up.
  const lengthOf = (...some: readonly SyncMlCommand[]): number => utf8Length(encodeSyncMl({ header, commands: some, isFinal: true }));
  let measured: number | undefined;
  const bytesEmpty = (): number => (measured ??= lengthOf());
  const bytesOf = (command: SyncMlCommand): number => lengthOf(command) - bytesEmpty();
  let next = 1;
  let bytesCounted = 0;
  let counted = 0;
  // Most messages are never measured.
  const bytesSoFar = (): number => {
    for (; counted < commands.length; counted += 1) bytesCounted += bytesOf(commands[counted] as SyncMlCommand);
    return bytesEmpty() + bytesCounted;
  };
  return {
    add(command) {
      const [numbered, after] = numberFrom(command, next);
      next = after;
      commands.push(numbered);
      return numbered;
    },
    bytes: (command) => bytesSoFar() + (command === undefined ? 0 : bytesOf(numberFrom(command, next)[0])),
    message: (isFinal) => ({ header, commands: [...commands], isFinal }),
  };
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function numberFrom(command: NewSyncMlCommand, first: number): readonly [numbered: SyncMlCommand, next: number] {
  if (command.name === 'Status' || command.name === 'Results') return [{ ...command, commandId: String(first) }, first + 1];
  return numberRequestFrom(command, first);
}

function numberRequestFrom(command: NewRequestCommand, first: number): readonly [numbered: RequestCommand, next: number] {
  const commandId = String(first);
  if (command.name !== 'Atomic' && command.name !== 'Sequence') return [{ ...command, commandId }, first + 1];
  let next = first + 1;
  const commands = command.commands.map((member) => {
    const [numbered, after] = numberRequestFrom(member, next);
    next = after;
    return numbered;
  });
  return [{ ...command, commandId, commands }, next];
}
