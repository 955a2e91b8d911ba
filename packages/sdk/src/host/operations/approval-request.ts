import type { ApprovalStatement } from '../../schemas/approval.ts';
import type { Intent } from '../../schemas/intent.ts';
import type { Precheck } from '../../schemas/precheck.ts';
import type { LossStatement } from '../../schemas/restore.ts';
import type { ApprovalTerms } from './approval-gate.ts';

/** What an approver is shown, and what the signature will be about. */
export interface ApprovalRequest extends ApprovalTerms {
  /** Principals who have signed already. */
  readonly approvedBy: readonly string[];
  readonly intent: Intent;
  readonly prechecks: readonly Precheck[];
  readonly loss: LossStatement | undefined;
}

/** The statement an approver signs with `signApproval` to answer a request. */
export function approvalStatementFor(request: ApprovalRequest, decision: { readonly decision: 'approve' | 'reject'; readonly decidedAt: string; readonly reason?: string }): ApprovalStatement {
  const { planDigest, operationKey, tenantId, deviceId, enrolmentEpoch, requestedBy, approveBy, executeBy } = request;
  return {
    kind: 'winre-approval/v1',
    decision: decision.decision,
    planDigest, operationKey, tenantId, deviceId, enrolmentEpoch, requestedBy, approveBy, executeBy,
    decidedAt: decision.decidedAt,
    reason: decision.reason ?? '',
  };
}
