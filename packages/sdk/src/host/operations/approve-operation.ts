import { RecoveryError } from '../../errors/recovery-error.ts';
import { instantAt } from '../../contract/clock.ts';
import { judgeApproval } from './approval-gate.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { approverTrustOf, reasonOf, termsOf, type OperationContext } from './operation-context.ts';
import type { OperationRecord } from './operation-record.ts';

/** Takes one signed decision and writes down what it changes; refused ones are written down too. */
export async function approveOperation(context: OperationContext, key: string, approval: unknown): Promise<OperationRecord> {
  const { ledger, options } = context;
  const record = ledger.find(key);
  const { operationKey, plugin, device } = record.submitted.handle;
  try {
    if (record.state !== 'awaiting-approval') throw new RecoveryError('conflict', `operation ${operationKey} is ${record.state} and waits for no approval`);
    const verdict = await judgeApproval(approval, termsOf(record), record.approvals, approverTrustOf(context));
    return await ledger.change(operationKey, (present) => {
      if (present.state !== 'awaiting-approval' || present.approvals.length !== record.approvals.length) throw new RecoveryError('conflict', `operation ${operationKey} was decided on at the same moment: look again`);
      if (verdict.decision === 'reject') return [{ type: 'state', to: 'rejected', reason: `rejected by ${verdict.principal}: ${verdict.approval.statement.reason || 'no reason given'}` }];
      const counted = verdict.isNew ? [{ type: 'approved' as const, principal: verdict.principal, approval: verdict.approval }] : [];
      const people = [...present.approvals, ...counted].map(({ principal }) => principal).join(', ');
      return verdict.stillNeeded > 0 ? counted : [...counted, { type: 'state', to: 'approved', reason: `approved by ${people}` }];
    });
  } catch (error) {
    await ledger.audit({ kind: 'operation.approval-refused', actor: 'host', subject: { pluginId: plugin, deviceId: device.id, operationKey }, message: reasonOf(context, error), facts: { code: RecoveryError.isInstance(error) ? error.code : 'internal' } });
    // Only the right time ends the wait; a bad signature must not let anybody end it.
    if (Date.parse(record.submitted.approveBy) <= options.clock.now()) {
      await ledger.change(operationKey, ({ state }) => (state === 'awaiting-approval' ? [{ type: 'state', to: 'expired', reason: `not approved by ${instantAt(Date.parse(record.submitted.approveBy))}` }] : []));
    }
    throw error;
  }
}

export function approvalRequestOf(record: OperationRecord): ApprovalRequest {
  const { submitted, approvals } = record;
  return { ...termsOf(record), approvedBy: approvals.map(({ principal }) => principal), intent: submitted.binding.intent, prechecks: submitted.prechecks, loss: submitted.loss };
}
