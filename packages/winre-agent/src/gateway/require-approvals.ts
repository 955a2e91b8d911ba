import { capabilityFloors, principalKeyOf, RecoveryError, verifyApproval } from '@winre-kit/sdk';
import { requireTenant, type GatewayCore } from './gateway-core.ts';
import type { OperationRecord } from './gateway-records.ts';

/**
 * Checks the signed approvals of an operation, when it is taken and again when it leaves. The device checks by itself; here it is done so that nothing
 * refusable is sent, and because a released recovery key is opened on this side.
 *
 * @throws {RecoveryError} `approval-required`, and what `verifyApproval` throws
 */
export async function requireApprovals(core: GatewayCore, operation: Pick<OperationRecord, 'planDigest' | 'operationKey' | 'approvals' | 'binding'>): Promise<void> {
  const { intent } = operation.binding;
  const needed = capabilityFloors[intent.capability].approvals;
  if (needed === 0) return;
  const tenant = await requireTenant(core.store, intent.tenantId);
  const expected = {
    planDigest: operation.planDigest,
    operationKey: operation.operationKey,
    tenantId: intent.tenantId,
    deviceId: intent.device.id,
    enrolmentEpoch: intent.device.enrolmentEpoch,
    trustedKeys: tenant.trustedKeys,
    revokedKeyIds: new Set(tenant.revocations.revokedKeyIds),
    nowMs: core.clock.now(),
  };
  const approvers = await Promise.all(operation.approvals.map((approval) => verifyApproval(approval, expected)));
  const people = new Set(approvers.map((key) => principalKeyOf(key.principal))).size;
  if (people < needed) throw new RecoveryError('approval-required', `${intent.capability} needs ${needed} signed approval(s) by other people than the requester, and has ${people}`);
}
