import { requireTransition } from '../../contract/operation-transition.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { SignedApproval } from '../../schemas/approval.ts';
import type { OperationEvidence, OperationHandle, OperationReport, OperationSnapshot, OperationState } from '../../schemas/operation.ts';
import type { JournalEntry, OperationFinding, SubmittedOperation } from '../journal/journal-entry.ts';

/** An operation as its journal entries make it. */
export interface OperationRecord {
  readonly submitted: SubmittedOperation;
  readonly state: OperationState;
  readonly reason: string;
  readonly report: OperationReport | undefined;
  readonly evidence: OperationEvidence | undefined;
  readonly approvals: readonly { readonly principal: string; readonly approval: SignedApproval }[];
  readonly findings: readonly { readonly finding: OperationFinding; readonly by: string }[];
  /** Milliseconds since 1970 of the last intent to send. */
  readonly dispatchedMs: number | undefined;
  /** What the vendor said since then about having it. Undefined as long as it never did. */
  readonly taken: TakenByVendor | undefined;
  /** Who wanted it ended. From then on it is never sent again. */
  readonly cancelRequested: { readonly by: string; readonly reason: string } | undefined;
  readonly updatedAt: string;
}

/** The vendor had the request: if it does not know it any more, that is no proof that nothing happened. */
export interface TakenByVendor {
  readonly vendorRef: string | undefined;
  /** When, or soon after, by the vendor's clock, milliseconds since 1970. */
  readonly atMs: number | undefined;
}

const atDevice: ReadonlySet<OperationState> = new Set<OperationState>(['accepted', 'delivered', 'running', 'verifying']);
const beforeItsEnd: ReadonlySet<OperationState> = new Set<OperationState>(['accepted', 'delivered', 'running']);

/**
 * The record after one more entry. The only way in which a state changes, live and when a journal is read.
 *
 * @throws {RecoveryError} `conflict` for a transition that is not in the table, `data-loss` for entries that do not follow each other
 */
export function foldJournalEntry(record: OperationRecord | undefined, entry: JournalEntry): OperationRecord {
  if (entry.type === 'operation.submitted') {
    if (record) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} is submitted twice`);
    return { submitted: entry.operation, state: 'planned', reason: 'planned', report: undefined, evidence: undefined, approvals: [], findings: [], dispatchedMs: undefined, taken: undefined, cancelRequested: undefined, updatedAt: entry.at };
  }
  if (!record) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} was never submitted`);
  switch (entry.type) {
    case 'operation.approved':
      return { ...record, approvals: [...record.approvals, { principal: entry.principal, approval: entry.approval }], reason: `approved by ${entry.principal}`, updatedAt: entry.at };
    case 'operation.cancel-requested':
      return { ...record, cancelRequested: { by: entry.by, reason: entry.reason }, reason: `${entry.by} wants it cancelled: ${entry.reason}`, updatedAt: entry.at };
    case 'operation.finding':
      return { ...record, findings: [...record.findings.filter(({ by }) => by !== entry.by), { finding: entry.finding, by: entry.by }], reason: `${entry.by} found: ${entry.finding}: ${entry.reason}`, updatedAt: entry.at };
    case 'operation.state': {
      if (entry.from !== record.state) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} is ${record.state}, an entry says it was ${entry.from}`);
      requireTransition(entry.from, entry.to, record.submitted.effect);
      const isSending = entry.to === 'dispatching';
      return {
        ...record,
        state: entry.to,
        reason: entry.reason,
        report: entry.report ?? record.report,
        evidence: isSending ? undefined : (entry.evidence ?? record.evidence),
        dispatchedMs: isSending ? Date.parse(entry.at) : record.dispatchedMs,
        taken: isSending ? undefined : takenAfter(record, entry.to, entry.report),
        updatedAt: entry.at,
      };
    }
  }
}

function takenAfter({ taken }: OperationRecord, to: OperationState, report: OperationReport | undefined): TakenByVendor | undefined {
  // A word that nobody understands is a word about something the vendor has.
  if (!atDevice.has(to) && !(to === 'unknown' && report)) return taken;
  const saidAt = report?.acceptedAt ?? (report && beforeItsEnd.has(report.state) ? report.observedAt : undefined);
  return { vendorRef: taken?.vendorRef ?? report?.vendorRef, atMs: taken?.atMs ?? (saidAt === undefined ? undefined : Date.parse(saidAt)) };
}

/** The handle with the vendor's name for the operation, once there is one. */
export function handleOf({ submitted, report }: OperationRecord): OperationHandle {
  return report ? { ...submitted.handle, vendorRef: report.vendorRef } : submitted.handle;
}

export function snapshotOf(record: OperationRecord): OperationSnapshot {
  const { state, reason, updatedAt, report } = record;
  return { handle: handleOf(record), state, reason, updatedAt, ...(report ? { report } : {}) };
}
