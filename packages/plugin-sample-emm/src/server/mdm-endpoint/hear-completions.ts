import { alertCodes, canonicalUri, type SyncMlCommand } from '@winre-kit/sdk/windows';
import type { MdmExec } from '../store/mdm-exec-store.ts';
import { withAccepted } from './accepted-changes.ts';
import { isWithin } from './judge-changes.ts';
import type { MdmEffect, MdmReport } from './mdm-session.ts';
import { settledEffects } from './settled-effects.ts';

/** A device's word that something which it had accepted has come to its end. */
interface Completion {
  /** In the canonical spelling. */
  readonly uri: string;
  readonly state: 'done' | 'failed' | 'unknown';
}

/** What the alerts of a message end: effects, and the report without what is waited for no more. */
export interface HeardCompletions {
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
export function hearCompletions(commands: readonly SyncMlCommand[], before: MdmReport, execs: readonly MdmExec[]): HeardCompletions {
  const waiting = execs.filter(({ state }) => state === 'accepted');
  const effects: MdmEffect[] = [];
  let report = before;
  for (const { uri, state } of completionsIn(commands)) {
    const exec = waiting.find((each) => isWithin(uri, canonicalUri(each.uri)));
    if (exec) {
      waiting.splice(waiting.indexOf(exec), 1);
      effects.push(...settledEffects(exec, state));
    }
    const { accepted, ...rest } = report;
    if (accepted === undefined || !accepted.changes.some((change) => isWithin(uri, change.uri))) continue;
    effects.push({ kind: 'finished', uri, state });
    if (state === 'done') report = withAccepted(report, accepted.fingerprint, accepted.changes.filter((change) => !isWithin(uri, change.uri)));
    else report = rest;
  }
  return { report, effects };
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
