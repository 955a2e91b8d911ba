import type { NotExpressed, RecoverySettings, SyncMlMessage, WindowsEdition } from '@winre-kit/sdk/windows';
import type { MdmExec } from '../store/mdm-exec-store.ts';
import type { MdmRequest } from './mdm-request.ts';
import type { MdmEffect, MdmReport, MdmSession } from './mdm-session.ts';

/** What a turn is decided from, beside session and message. */
export interface MdmTurnFacts {
  /** Of group and device together, secrets in hand. */
  readonly desired: RecoverySettings;
  /** Names this desired state; another one when only a secret was replaced. */
  readonly fingerprint: string;
  /** What was left out of `desired`, and why. */
  readonly leftOut: readonly NotExpressed[];
  /** Networks that may be taken off the device: all that are not wanted, or those of these SSIDs. */
  readonly removes: 'others' | readonly string[];
  readonly edition: WindowsEdition;
  /** Of the sessions before. */
  readonly report: MdmReport | undefined;
  /** Of this device, in the order they were asked for. */
  readonly execs: readonly MdmExec[];
  readonly now: string;
  /** The longest message that is read here, in bytes; for steps, the longest that the client reads. */
  readonly maxMessageBytes: number;
}

/** What a turn comes to. `effects`, `session` and `report` are written before `reply` leaves. */
export interface MdmTurn {
  readonly reply: SyncMlMessage;
  readonly session: MdmSession;
  readonly report: MdmReport;
  readonly effects: readonly MdmEffect[];
}

/** How often a busy device is asked again within a session. */
export const maxRetries = 3;

/** Where a step leads. `requests` are all that may be asked now, in order: what does not fit into one message follows in the next ones. */
export interface MdmStepOutcome {
  readonly session: MdmSession;
  readonly report: MdmReport;
  readonly requests: readonly MdmRequest[];
  readonly effects?: readonly MdmEffect[];
}

/** The report with how its session stands. */
export function withOutcome(report: MdmReport, outcome: MdmReport['lastSession']['outcome']): MdmReport {
  return { ...report, lastSession: { ...report.lastSession, outcome } };
}
