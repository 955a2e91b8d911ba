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
  readonly updatedAt: string;
}

/**
 * The record after one more entry. The only way in which a state changes, live and when a journal is read.
 *
 * @throws {RecoveryError} `conflict` for a transition that is not in the table, `data-loss` for entries that do not follow each other
 */
export function foldJournalEntry(record: OperationRecord | undefined, entry: JournalEntry): OperationRecord {
  if (entry.type === 'operation.submitted') {
    if (record) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} is submitted twice`);
    return { submitted: entry.operation, state: 'planned', reason: 'planned', report: undefined, evidence: undefined, approvals: [], findings: [], dispatchedMs: undefined, updatedAt: entry.at };
  }
  if (!record) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} was never submitted`);
  switch (entry.type) {
    case 'operation.approved':
      return { ...record, approvals: [...record.approvals, { principal: entry.principal, approval: entry.approval }], reason: `approved by ${entry.principal}`, updatedAt: entry.at };
    case 'operation.finding':
      return { ...record, findings: [...record.findings.filter(({ by }) => by !== entry.by), { finding: entry.finding, by: entry.by }], reason: `${entry.by} found: ${entry.finding}: ${entry.reason}`, updatedAt: entry.at };
    case 'operation.state': {
      if (entry.from !== record.state) throw new RecoveryError('data-loss', `journal: operation ${entry.operationKey} is ${record.state}, an entry says it was ${entry.from}`);
      requireTransition(entry.from, entry.to, record.submitted.effect);
      return {
        ...record,
        state: entry.to,
        reason: entry.reason,
        report: entry.report ?? record.report,
        evidence: entry.evidence ?? record.evidence,
        dispatchedMs: entry.to === 'dispatching' ? Date.parse(entry.at) : record.dispatchedMs,
        updatedAt: entry.at,
      };
    }
  }
}

/** The handle with the vendor's name for the operation, once there is one. */
export function handleOf({ submitted, report }: OperationRecord): OperationHandle {
  return report ? { ...submitted.handle, vendorRef: report.vendorRef } : submitted.handle;
}

export function snapshotOf(record: OperationRecord): OperationSnapshot {
  const { state, reason, updatedAt, report } = record;
  return { handle: handleOf(record), state, reason, updatedAt, ...(report ? { report } : {}) };
}
