import type { DeviceReport } from '../../protocol/index.ts';
import type { DestructivePlan, LedgerEntry } from './ledger-entry.ts';

/** Reports of one attempt are numbered from here on, so that progress need not be written down for numbers to keep growing after a kill. */
export const reportsPerAttempt = 1_000_000;

/** What the ledger says about one operation. */
export interface LedgerOperation {
  readonly operationKey: string;
  readonly capability: string;
  readonly planDigest: string;
  readonly destructivePlan: DestructivePlan | undefined;
  readonly state: 'received' | 'started' | 'finished';
  readonly executionId: string | undefined;
  /** The boot in which it was started. */
  readonly bootId: string | undefined;
  /** How often work on it began; one more for every resume. */
  readonly attempt: number;
  /** Steps that are done, in order. */
  readonly phases: readonly string[];
  readonly finalReport: { readonly reportSequence: number; readonly report: DeviceReport; readonly acknowledged: boolean } | undefined;
}

/** Everything the ledger says. */
export interface LedgerView {
  readonly stateGeneration: string;
  readonly replacesLostLedger: boolean;
  readonly anchoredAtMs: number | undefined;
  readonly lastCommandSequence: number;
  readonly operations: ReadonlyMap<string, LedgerOperation>;
}

/** Folds the entries, oldest first. Entries about operations that were never received change nothing. */
export function viewOfLedger(entries: readonly LedgerEntry[]): LedgerView {
  return entries.reduce(withEntry, { stateGeneration: '', replacesLostLedger: false, anchoredAtMs: undefined, lastCommandSequence: 0, operations: new Map() });
}

/** The view after one more entry; the given one is left alone. */
export function withEntry(view: LedgerView, entry: LedgerEntry): LedgerView {
  switch (entry.entry) {
    case 'opened':
      return { ...view, stateGeneration: entry.stateGeneration, replacesLostLedger: entry.replacesLostLedger };
    case 'anchored':
      return { ...view, anchoredAtMs: view.anchoredAtMs ?? entry.gatewayTimeMs };
    case 'received': {
      const { operationKey, capability, planDigest, destructivePlan } = entry;
      const operation: LedgerOperation = {
        operationKey, capability, planDigest, destructivePlan,
        state: 'received', executionId: undefined, bootId: undefined, attempt: 0, phases: [], finalReport: undefined,
      };
      return changed({ ...view, lastCommandSequence: Math.max(view.lastCommandSequence, entry.commandSequence) }, operation);
    }
    case 'repeated': {
      // Whoever sends it again has not got the report.
      const finalReport = view.operations.get(entry.operationKey)?.finalReport;
      const counted = { ...view, lastCommandSequence: Math.max(view.lastCommandSequence, entry.commandSequence) };
      return finalReport ? change(counted, entry.operationKey, { finalReport: { ...finalReport, acknowledged: false } }) : counted;
    }
    case 'started':
      return change(view, entry.operationKey, { state: 'started', executionId: entry.executionId, bootId: entry.bootId, attempt: attemptsOf(view, entry.operationKey) + 1 });
    case 'phase':
      return change(view, entry.operationKey, { phases: [...(view.operations.get(entry.operationKey)?.phases ?? []), entry.phase] });
    case 'resumed':
      return change(view, entry.operationKey, { attempt: attemptsOf(view, entry.operationKey) + 1 });
    case 'finished':
      return change(view, entry.operationKey, { state: 'finished', finalReport: { reportSequence: entry.reportSequence, report: entry.report, acknowledged: false } });
    case 'acknowledged': {
      const finalReport = view.operations.get(entry.operationKey)?.finalReport;
      if (finalReport?.reportSequence !== entry.reportSequence) return view;
      return change(view, entry.operationKey, { finalReport: { ...finalReport, acknowledged: true } });
    }
  }
}

function attemptsOf(view: LedgerView, operationKey: string): number {
  return view.operations.get(operationKey)?.attempt ?? 0;
}

function change(view: LedgerView, operationKey: string, fields: Partial<LedgerOperation>): LedgerView {
  const operation = view.operations.get(operationKey);
  return operation ? changed(view, { ...operation, ...fields }) : view;
}

function changed(view: LedgerView, operation: LedgerOperation): LedgerView {
  return { ...view, operations: new Map(view.operations).set(operation.operationKey, operation) };
}
