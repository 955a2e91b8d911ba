import { utf8Length } from './create-message-writer.ts';
import type { AddCommand, ExecCommand, ReplaceCommand, ResultsCommand, SyncMlCommand } from './syncml-command.ts';
import type { SyncMlItem } from './syncml-item.ts';

/** A command whose value can come in several messages. */
export type ObjectCommand = AddCommand | ReplaceCommand | ExecCommand | ResultsCommand;

/** A large object of which more is to come. Plain JSON, so it can be kept between messages. Its data may be secret. */
export interface PartialObject {
  readonly name: ObjectCommand['name'];
  /** CmdRef of Results; empty for others. */
  readonly commandRef: string;
  /** Items of the same command that came whole. */
  readonly itemsBefore: readonly SyncMlItem[];
  /** The first chunk's item, with all data so far. */
  readonly item: SyncMlItem;
  /** UTF-8 bytes of its data. */
  readonly bytes: number;
  /** Set once it is refused: what is still to come of it is answered with this code and forgotten. */
  readonly refusedWith?: RefusedObjectCode;
}

/** 400 chunks where none can be, 411 no size was said, 413 larger than is taken, 424 not of the size that was said. */
export type RefusedObjectCode = 400 | 411 | 413 | 424;

/** What a message's commands mean once large objects are put together. */
export interface ReassembledCommands {
  /** Keep it for the session's next message. */
  readonly pending: PartialObject | undefined;
  /** Whole commands in order; one that came in chunks has the number of its last. */
  readonly commands: readonly SyncMlCommand[];
  /** Chunks and what was refused, with the code to answer: 213 asks for more, together with alert 1222. */
  readonly answers: readonly { readonly command: ObjectCommand; readonly code: 213 | RefusedObjectCode }[];
  /** An object stopped in the middle and was thrown away: send alert 1225. */
  readonly hasNoEndOfData: boolean;
}

/**
 * Puts large objects together that come in chunks over several messages, holding at most `maxObjectBytes` (of UTF-8) of them.
 *
 * Never gives a part of a value for the whole: what is refused stays refused to its last chunk.
 *
 * @see https://www.openmobilealliance.org/release/DM/V1_2_1-20080617-A/OMA-TS-DM_Protocol-V1_2_1-20080617-A.pdf (section 7)
 */
export function reassembleObjects(pending: PartialObject | undefined, received: readonly SyncMlCommand[], maxObjectBytes: number): ReassembledCommands {
  const commands: SyncMlCommand[] = [];
  const answers: { command: ObjectCommand; code: 213 | RefusedObjectCode }[] = [];
  let partial = pending;
  let hasNoEndOfData = false;
  for (const command of received) {
    if (!carriesObject(command)) {
      commands.push(command);
      continue;
    }
    if (partial !== undefined && !continues(partial, command)) {
      hasNoEndOfData = true;
      partial = undefined;
    }
    if (partial === undefined && !command.items.some(({ hasMoreData }) => hasMoreData)) {
      commands.push(command);
      continue;
    }
    const grown = partial === undefined ? begin(command, maxObjectBytes) : extend(partial, command, maxObjectBytes);
    partial = isUnfinished(command) ? grown : undefined;
    if (grown.refusedWith !== undefined) answers.push({ command, code: grown.refusedWith });
    else if (partial !== undefined) answers.push({ command, code: 213 });
    else if (grown.bytes !== grown.item.meta?.sizeBytes) answers.push({ command, code: 424 });
    else commands.push({ ...command, items: [...grown.itemsBefore, grown.item, ...command.items.slice(1)] });
  }
  return { pending: partial, commands, answers, hasNoEndOfData };
}

function carriesObject(command: SyncMlCommand): command is ObjectCommand {
  return command.name === 'Add' || command.name === 'Replace' || command.name === 'Exec' || command.name === 'Results';
}

function isUnfinished(command: ObjectCommand): boolean {
  return command.items.at(-1)?.hasMoreData === true;
}

function continues(partial: PartialObject, command: ObjectCommand): boolean {
  const [item] = command.items;
  return partial.name === command.name && partial.commandRef === commandRefOf(command) && item?.target === partial.item.target && item?.source === partial.item.source;
}

function begin(command: ObjectCommand, maxObjectBytes: number): PartialObject {
  const { hasMoreData: _more, data: _data, ...item } = command.items.at(-1) ?? {};
  const itemsBefore = command.items.slice(0, -1);
  const started = { name: command.name, commandRef: commandRefOf(command), itemsBefore, item, bytes: 0 };
  // Only the last item can go on in the next message.
  return itemsBefore.some(({ hasMoreData }) => hasMoreData) || !isUnfinished(command) ? refuse(started, 400) : append(started, command.items.at(-1), maxObjectBytes);
}

function extend(partial: PartialObject, command: ObjectCommand, maxObjectBytes: number): PartialObject {
  return isUnfinished(command) && command.items.length > 1 ? refuse(partial, 400) : append(partial, command.items[0], maxObjectBytes);
}

function append(partial: PartialObject, chunk: SyncMlItem | undefined, maxObjectBytes: number): PartialObject {
  const added = chunk?.data ?? '';
  const bytes = partial.bytes + utf8Length(added);
  const code = partial.refusedWith ?? refusalOf(partial.item.meta?.sizeBytes, bytes, maxObjectBytes);
  return code === undefined ? { ...partial, bytes, item: { ...partial.item, data: (partial.item.data ?? '') + added } } : refuse(partial, code);
}

/** Forgets what came so far, but not that the rest is not to be believed. */
function refuse(partial: PartialObject, refusedWith: RefusedObjectCode): PartialObject {
  const { data: _forgotten, ...item } = partial.item;
  return { ...partial, itemsBefore: [], item, bytes: 0, refusedWith: partial.refusedWith ?? refusedWith };
}

function refusalOf(sizeBytes: number | undefined, bytesSoFar: number, maxObjectBytes: number): RefusedObjectCode | undefined {
  if (sizeBytes === undefined) return 411;
  if (Math.max(sizeBytes, bytesSoFar) > maxObjectBytes) return 413;
  return bytesSoFar > sizeBytes ? 424 : undefined;
}

function commandRefOf(command: ObjectCommand): string {
  return command.name === 'Results' ? command.commandRef : '';
}
