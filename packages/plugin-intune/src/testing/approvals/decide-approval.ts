import type { Entity } from '../protocol/graph-answer.ts';
import type { ApprovalRecord } from '../state/approval-record.ts';
import { instantOf } from '../state/instant.ts';
import type { ProtectedArea } from '../surface/graph-row.ts';

/** What another administrator says. */
export type ApprovalVerdict = 'approved' | 'rejected' | 'cancelled';

/** A request that nobody completed in time expires, approved or not. Idempotent. */
export function settleApproval(record: ApprovalRecord, nowMs: number): void {
  const isOpen = record.status === 'needsApproval' || record.status === 'approved';
  if (!isOpen || nowMs < record.expiresAtMs) return;
  record.status = 'expired';
  record.changedAtMs = record.expiresAtMs;
}

/**
 * Another administrator decides.
 *
 * @returns why that cannot be; undefined when it was done
 */
export function decideApproval(record: ApprovalRecord, verdict: ApprovalVerdict, decision: { readonly by: string; readonly justification: string; readonly nowMs: number }): string | undefined {
  settleApproval(record, decision.nowMs);
  if (decision.by === record.requestor.userPrincipalName) return 'A request cannot be decided by who made it.';
  const isOpen = verdict === 'cancelled' ? record.status === 'approved' || record.status === 'needsApproval' : record.status === 'needsApproval';
  if (!isOpen) return `The request is ${record.status}.`;
  record.status = verdict;
  record.changedAtMs = decision.nowMs;
  record.approver = decision.by;
  record.approvalJustification = decision.justification;
  return undefined;
}

/** An area in the enumeration operationApprovalPolicyType: it has no name for configuration policies, though they can be protected. */
export function policyTypeOf(area: ProtectedArea): string {
  return area === 'configurationPolicy' ? 'unknownFutureValue' : area;
}

/** A request as Graph writes it. */
export function approvalEntityOf(record: ApprovalRecord): Entity {
  const { requestor } = record;
  return {
    id: record.id, status: record.status,
    requestDateTime: instantOf(record.requestedAtMs), expirationDateTime: instantOf(record.expiresAtMs), lastModifiedDateTime: instantOf(record.changedAtMs),
    requestor: requestor.userPrincipalName === undefined ? { application: { id: requestor.appId } } : { user: { displayName: requestor.userPrincipalName } },
    approver: record.approver === undefined ? null : { user: { displayName: record.approver } },
    requestJustification: record.justification, approvalJustification: record.approvalJustification ?? null,
    requiredOperationApprovalPolicyTypes: [policyTypeOf(record.area)],
  };
}
