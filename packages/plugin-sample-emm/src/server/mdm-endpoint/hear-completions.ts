import { alertCodes, canonicalUri, type SyncMlCommand } from '@winre-kit/sdk/windows';
import type { MdmExec } from '../store/mdm-exec-store.ts';
import { withAccepted } from './accepted-changes.ts';
import { chunkIsBuffered } from './cut-value.ts';
import { acceptedIn, isWithin } from './judge-changes.ts';
import type { AcceptedChange, MdmEffect, MdmReport, MdmSession } from './mdm-session.ts';
import { settledEffects } from './settled-effects.ts';

/** A device's word that something which it had accepted has come to its end. */
interface Completion {
  /** In the canonical spelling. */
  readonly uri: string;
  readonly state: 'done' | 'failed' | 'unknown';
}

/** What waits for its end: changes of this session, those of sessions before, and Execs. */
export interface WaitingWork {
  /** With the answers of the message that the alerts came in. */
  readonly session: MdmSession;
  readonly report: MdmReport;
  /** With the answers of the message that the alerts came in. */
  readonly execs: readonly MdmExec[];
}

/** What the alerts of a message end: effects, and session and report without what is waited for no more. */
export interface HeardCompletions {
  readonly session: MdmSession;
  readonly report: MdmReport;
  readonly effects: readonly MdmEffect[];
}

/**
 * Takes the alerts by which a device tells the end of what it had answered with 202. Pure.
 *
 * They name the node that the command was for, or one above it; Windows has no correlators. Of several Execs on one node the oldest is meant. A failed change is written
 * anew, with all of its desired state.
 *
 * @see https://learn.microsoft.com/windows/client-management/mdm/enterprisedesktopappmanagement-csp (alert example: 1224; the general code of OMA DM is 1226)
 */
export function hearCompletions(commands: readonly SyncMlCommand[], { session: heard, report: before, execs }: WaitingWork): HeardCompletions {
  const waiting = execs.filter(({ state }) => state === 'accepted');
  const effects: MdmEffect[] = [];
  let session = heard;
  let report = before;
  for (const { uri, state } of completionsIn(commands)) {
    const exec = waiting.find((each) => isWithin(uri, canonicalUri(each.uri)));
    if (exec) {
      waiting.splice(waiting.indexOf(exec), 1);
      effects.push(...settledEffects(exec, state));
    }
    const { accepted, ...rest } = report;
    const isMeant = (change: AcceptedChange): boolean => isWithin(uri, change.uri);
    const isOfSession = acceptedOf(session).some(isMeant);
    const isFormer = accepted !== undefined && accepted.changes.some(isMeant);
    if (isOfSession || isFormer) effects.push({ kind: 'finished', uri, state });
    if (isOfSession) session = state === 'done' ? { ...session, finished: [...(session.finished ?? []), uri] } : { ...session, isComplete: false };
    if (isFormer) report = state === 'done' ? withAccepted(report, accepted.fingerprint, accepted.changes.filter((change) => !isMeant(change))) : rest;
  }
  return { session, report, effects };
}

/** What the device has taken on while there are still changes to send or to judge; afterwards it stands in the report. */
function acceptedOf({ step, accepted, asked, finished = [] }: MdmSession): readonly AcceptedChange[] {
  if (step !== 'apply') return [];
  const all = [...accepted, ...acceptedIn(asked.filter(({ status }) => status !== chunkIsBuffered))];
  return all.filter(({ uri }) => !finished.some((told) => isWithin(told, uri)));
}

function completionsIn(commands: readonly SyncMlCommand[]): readonly Completion[] {
  const codes: readonly number[] = [alertCodes.genericAlert, alertCodes.clientEvent];
  return commands.flatMap((command) => (command.name === 'Alert' && codes.includes(command.code) ? command.items : [])).flatMap(({ source, data }) => (source === undefined ? [] : [{ uri: canonicalUri(source), state: stateOf(data?.trim() ?? '') }]));
}

/** 0 or a status of success; any other number is an error. */
function stateOf(data: string): Completion['state'] {
  if (!/^(?:-?\d{1,10}|0x[0-9a-f]{1,8})$/i.test(data)) return 'unknown';
  const code = Number(data);
  return code === 0 || (code >= 200 && code < 300) ? 'done' : 'failed';
}
