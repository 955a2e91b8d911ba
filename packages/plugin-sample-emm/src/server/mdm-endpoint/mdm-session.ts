import type { CompileDoubt, CspDialect, Drift, NotExpressed, PartialObject, ReadResult, ReadSettings } from '@winre-kit/sdk/windows';
import type { MdmExecOutcome } from '../store/mdm-exec-store.ts';

/** What a session is doing: its questions and changes, in this order. A step may take several messages. */
export type MdmStep = 'facts' | 'read' | 'apply' | 'verify' | 'execute' | 'done';

/** A command that was sent, and what the device said to it. Never holds a value. */
export interface AskedCommand {
  /** In the message that is waited for now. */
  readonly commandId: string;
  readonly name: 'Get' | 'Add' | 'Replace' | 'Delete' | 'Atomic' | 'Exec';
  /** Of an Atomic the node that its members lie below. */
  readonly uri: string;
  readonly execKey?: string;
  readonly members?: readonly AskedCommand[];
  /** The worst that was said, when several items were answered one by one. */
  readonly status?: number;
}

/** A value of which some was sent; its rest comes first in the next message. It is taken from the desired state again, so that no value is kept. */
export interface CutValue {
  readonly uri: string;
  /** UTF-16 code units. */
  readonly sentLength: number;
}

/** A change that a device took on (202) and has not shown or said to be done. */
export interface AcceptedChange {
  readonly uri: string;
  readonly name: AskedCommand['name'];
}

/** One session of one device, from its first message to the last answer. Plain JSON; only `results` and `partial` may hold what a device keeps secret: see `storedSession`. */
export interface MdmSession {
  /** As the client chose it. */
  readonly sessionId: string;
  /** MsgID of the client's last message. */
  readonly clientMessageId: string;
  /** MsgID of the server's last message; 0 before the first. */
  readonly messageId: number;
  /** MsgID of the server's message that `asked` went out with: the client's package may take several messages. */
  readonly askedIn: number;
  readonly startedAt: string;
  readonly step: MdmStep;
  readonly asked: readonly AskedCommand[];
  /** Answers to Get so far in this step. */
  readonly results: readonly ReadResult[];
  /** What the device was found to be or, once it is read, had before anything was changed; verbs are chosen by it. */
  readonly found?: readonly ReadResult[];
  readonly dialect?: CspDialect | 'none';
  /** Providers whose root the device has shown. */
  readonly present: readonly CspDialect[];
  /** Dialects that the device has shown not to have. */
  readonly ruledOut: readonly CspDialect[];
  /** Addresses of what the server's last message had no room for; that message was not the last of its package then. A value that was sent in part is among them, and so is a Get whose value a server forgot that was started again. */
  readonly waiting: readonly string[];
  readonly cut?: CutValue;
  /** The desired state that changes were taken from. */
  readonly sentFingerprint?: string;
  /** Whether every change that was sent so far was made, was accepted, or is still waited for. */
  readonly isComplete: boolean;
  readonly accepted: readonly AcceptedChange[];
  /** Addresses, or ones above, of accepted changes that the device has told to be done since the last changes were sent. */
  readonly finished?: readonly string[];
  /** How often something was sent again because the device was busy. */
  readonly retries: number;
  /** Rounds of reading in this step: networks are found one level at a time. */
  readonly rounds: number;
  /** A value of which more chunks are to come. */
  readonly partial?: PartialObject;
}

/** A command that the device refused, or, with 413, that no message of the device had room for and that was not sent. */
export interface MdmRefusal {
  readonly name: AskedCommand['name'];
  readonly uri: string;
  readonly status: number;
}

/**
 * How a session stands. `converged`: the device has what it should, as far as its dialect can say it. `drifting`: something differs. `waiting`: the device has accepted
 * all that differs and has not said that it is done. `busy`: the device asked to be left alone, or would not say what it is; the next session goes on. `unsupported`: the device knows neither dialect.
 * `aborted`: the client ended the session before it was known how the device stands.
 */
export type MdmOutcome = 'running' | 'converged' | 'drifting' | 'waiting' | 'busy' | 'unsupported' | 'unenrolled' | 'aborted';

/** What is known of a device by its own word. Holds no secret. Key: the device. */
export interface MdmReport {
  readonly osBuild?: string;
  readonly dialect?: CspDialect | 'none';
  /** When `actual` was read. */
  readonly observedAt?: string;
  readonly actual?: ReadSettings;
  readonly drift: readonly Drift[];
  readonly notExpressed: readonly NotExpressed[];
  /** What is sent although texts disagree about it. */
  readonly doubts?: readonly CompileDoubt[];
  /** The desired state that `drift`, `notExpressed` and `doubts` speak of; another one has its networks at other positions. */
  readonly judgedFingerprint?: string;
  /** The desired state that was written completely; a secret that was changed shows in nothing else. */
  readonly appliedFingerprint?: string;
  /** What of this desired state the device took on and has not finished; with it done the state is written completely. */
  readonly accepted?: { readonly fingerprint: string; readonly changes: readonly AcceptedChange[] };
  /** Roots of groups that this build does not have, though a dialect that it shows does. */
  readonly absentRoots: readonly string[];
  readonly lastSession: {
    readonly sessionId: string;
    readonly startedAt: string;
    readonly seenAt: string;
    readonly outcome: MdmOutcome;
    readonly refusals: readonly MdmRefusal[];
    readonly retries: number;
    /** What a busy device, or one that would not say what it is, was not asked again in this session, and when it is. */
    readonly putOff?: { readonly uris: readonly string[]; readonly until: 'next-session' };
  };
}

/** What a turn does besides answering. All of it is on the disk before the answer leaves. */
export type MdmEffect =
  | { readonly kind: 'sent'; readonly name: AskedCommand['name']; readonly uri: string }
  | { readonly kind: 'answered'; readonly name: AskedCommand['name']; readonly uri: string; readonly status: number }
  | { readonly kind: 'exec-sent'; readonly execKey: string }
  | { readonly kind: 'exec-settled'; readonly execKey: string; readonly state: MdmExecOutcome['state']; readonly status?: number }
  /** The device has told how a change ended that it had accepted. */
  | { readonly kind: 'finished'; readonly uri: string; readonly state: 'done' | 'failed' | 'unknown' }
  | { readonly kind: 'unenrolled' };
