import type { SyncMlItem, SyncMlMeta } from './syncml-item.ts';

interface Numbered {
  /** Unique in its message, never `0`: that number refers to the header. */
  readonly commandId: string;
}

interface Command extends Numbered {
  /** True asks the other side to send no Status for this. */
  readonly wantsNoResponse?: boolean;
  readonly meta?: SyncMlMeta;
}

/** Makes a node (and the ones above it); 418 when it exists. */
export interface AddCommand extends Command {
  readonly name: 'Add';
  readonly items: readonly SyncMlItem[];
}

/** Gives a node another value; 404 when it does not exist. A client says with it who it is. */
export interface ReplaceCommand extends Command {
  readonly name: 'Replace';
  readonly items: readonly SyncMlItem[];
}

/** Removes a node with everything below. */
export interface DeleteCommand extends Command {
  readonly name: 'Delete';
  readonly items: readonly SyncMlItem[];
}

/** Asks for a value, or for the names of an inner node's children. Windows refuses it inside Atomic. */
export interface GetCommand extends Command {
  readonly name: 'Get';
  readonly items: readonly SyncMlItem[];
}

/** Runs what the node stands for. Not idempotent: write down that it is sent before it is sent. */
export interface ExecCommand extends Command {
  readonly name: 'Exec';
  /** Windows does not support it. */
  readonly correlator?: string;
  readonly items: readonly SyncMlItem[];
}

/** Says that something happened; the codes are in {@link alertCodes}. */
export interface AlertCommand extends Command {
  readonly name: 'Alert';
  readonly code: number;
  readonly correlator?: string;
  readonly items: readonly SyncMlItem[];
}

/** Commands of which all take effect or none. Windows refuses Atomic and Get in it, and Add and Replace of one node. */
export interface AtomicCommand extends Command {
  readonly name: 'Atomic';
  readonly commands: readonly RequestCommand[];
}

/** Commands to be run in this order. */
export interface SequenceCommand extends Command {
  readonly name: 'Sequence';
  readonly commands: readonly RequestCommand[];
}

/** What became of one command, or of the header of a message. */
export interface StatusCommand extends Numbered {
  readonly name: 'Status';
  /** MsgID of the message that is answered. */
  readonly messageRef: string;
  /** CmdID of the command that is answered; `0` is the header. */
  readonly commandRef: string;
  /** Name of the command that is answered, such as `Replace`, or `SyncHdr`. */
  readonly command: string;
  /** The items that this is about; none means all. */
  readonly targetRefs: readonly string[];
  readonly sourceRefs: readonly string[];
  /** What credentials are asked for, with code 401 or 407. */
  readonly challenge?: SyncMlMeta;
  /** See {@link statusCodes}. */
  readonly code: number;
  /** The HRESULT behind the code, as `0x` and eight digits, where Windows tells. */
  readonly originalError?: string;
  readonly items: readonly SyncMlItem[];
}

/** The values that a Get asked for. Its Status is a command of its own. */
export interface ResultsCommand extends Numbered {
  readonly name: 'Results';
  readonly messageRef: string;
  readonly commandRef: string;
  /** Name of the command that is answered: `Get`. */
  readonly command: string;
  readonly meta?: SyncMlMeta;
  readonly targetRef?: string;
  readonly sourceRef?: string;
  readonly items: readonly SyncMlItem[];
}

/** What can be asked for. */
export type RequestCommand = AddCommand | ReplaceCommand | DeleteCommand | GetCommand | ExecCommand | AlertCommand | AtomicCommand | SequenceCommand;

/** What stands in the body of a message, told apart by `name`. */
export type SyncMlCommand = RequestCommand | StatusCommand | ResultsCommand;

type WithoutNumbers<TCommand extends SyncMlCommand> = TCommand extends AtomicCommand | SequenceCommand
  ? Omit<TCommand, 'commandId' | 'commands'> & { readonly commands: readonly NewRequestCommand[] }
  : Omit<TCommand, 'commandId'>;

/** A request before {@link createMessageWriter} numbers it. */
export type NewRequestCommand = WithoutNumbers<RequestCommand>;

/** A command before {@link createMessageWriter} numbers it. */
export type NewSyncMlCommand = WithoutNumbers<SyncMlCommand>;
