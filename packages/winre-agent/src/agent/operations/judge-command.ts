import { capabilityFloors, principalKeyOf, RecoveryError, requirePlanBinding, verifyApproval, type Intent, type PlanBinding, type SignedApproval } from '@winre-kit/sdk';
import type { EnrolmentRecord } from '../state/enrolment-record.ts';
import { revokedKeyIdsOf } from '../state/enrolment-record.ts';
import type { LedgerView } from '../state/ledger-view.ts';

/** The envelope of an operation as it came, or as the ledger kept it. */
export interface OperationEnvelope {
  readonly operationKey: string;
  readonly planDigest: string;
  readonly binding: unknown;
  readonly approvals: readonly SignedApproval[];
  readonly deliverBy: string;
}

/** Everything the judgement rests on. */
export interface JudgementBasis {
  readonly record: EnrolmentRecord;
  readonly ledger: LedgerView;
  /** By the gateway's clock; undefined before the first signed time. */
  readonly gatewayTimeMs: number | undefined;
  readonly mode: 'service' | 'recovery';
  /** The session of the present channel, in recovery mode. */
  readonly sessionId: string | undefined;
}

/** Where a capability may be used; everything else happens in recovery only. */
const anywhere: readonly Intent['capability'][] = ['winre.keys.escrow', 'winre.remediation.test'];

/**
 * Decides whether an operation may begin on this device, from its envelope alone. Writes nothing; the handler's own checks come after.
 *
 * @returns the plan as it was approved
 * @throws {RecoveryError} `plan-stale`, `enrolment-changed`, `untrusted-payload`, `failed-precondition` (no signed time, wrong mode), `deadline-exceeded`
 * (deliverBy passed; nothing was done), `session-lost`, `permission-denied` (revoked device), `conflict`, or approval errors
 */
export async function judgeCommand(envelope: OperationEnvelope, basis: JudgementBasis): Promise<PlanBinding> {
  const { record, ledger, gatewayTimeMs } = basis;
  const binding = await requirePlanBinding(envelope.binding, envelope.planDigest);
  const { intent } = binding;
  if (intent.tenantId !== record.tenantId || intent.device.id !== record.deviceId) throw new RecoveryError('untrusted-payload', 'the plan is for another device', { facts: { reason: 'other-subject' } });
  if (intent.device.enrolmentEpoch !== record.enrolmentEpoch) throw new RecoveryError('enrolment-changed', `the plan is for enrolment ${intent.device.enrolmentEpoch}, this device is in ${record.enrolmentEpoch}`);
  if (record.revocations?.revokedDeviceIds.includes(record.deviceId)) throw new RecoveryError('permission-denied', 'this device is revoked', { facts: { reason: 'revoked' } });
  if (gatewayTimeMs === undefined) throw new RecoveryError('failed-precondition', 'there is no signed time yet, so nothing can be known to be in time', { facts: { unmet: ['signed-time'] } });
  if (Date.parse(envelope.deliverBy) <= gatewayTimeMs) throw new RecoveryError('deadline-exceeded', `it was to begin before ${envelope.deliverBy}; nothing was done`, { retry: 'with-new-plan' });
  judgeMode(intent, basis);
  await judgeApprovals(envelope, intent, { ...basis, gatewayTimeMs });
  if (capabilityFloors[intent.capability].effect === 'destructive') {
    const other = [...ledger.operations.values()].find((operation) => operation.operationKey !== envelope.operationKey && operation.destructivePlan && operation.state === 'started');
    if (other) throw new RecoveryError('conflict', `operation ${other.operationKey} is changing the volume: wait for its end`);
  }
  return binding;
}

function judgeMode(intent: Intent, { mode, sessionId }: JudgementBasis): void {
  const required = intent.capability === 'winre.session.enter' ? 'service' : 'recovery';
  if (!anywhere.includes(intent.capability) && mode !== required) {
    throw new RecoveryError('failed-precondition', `${intent.capability} needs the device in ${required} mode, it is in ${mode} mode`, { facts: { unmet: ['session-live'] } });
  }
  if ('sessionId' in intent && intent.sessionId !== sessionId) throw new RecoveryError('session-lost', `the plan is for session ${intent.sessionId}, which is over`);
}

async function judgeApprovals(envelope: OperationEnvelope, intent: Intent, basis: JudgementBasis & { readonly gatewayTimeMs: number }): Promise<void> {
  const { record, ledger } = basis;
  const needed = capabilityFloors[intent.capability].approvals;
  if (needed === 0) return;
  const expected = {
    planDigest: envelope.planDigest, operationKey: envelope.operationKey, tenantId: record.tenantId, deviceId: record.deviceId, enrolmentEpoch: record.enrolmentEpoch,
    trustedKeys: record.trustedKeys, revokedKeyIds: revokedKeyIdsOf(record), nowMs: basis.gatewayTimeMs,
  };
  const verdicts = await Promise.allSettled(envelope.approvals.map((approval) => verifyApproval(approval, expected)));
  const refusals = verdicts.flatMap((verdict) => (verdict.status === 'rejected' ? [verdict.reason as Error] : []));
  const veto = refusals.find((refusal) => RecoveryError.isInstance(refusal) && refusal.code === 'approval-rejected');
  if (veto !== undefined) throw veto;
  const approvers = new Set(verdicts.flatMap((verdict) => (verdict.status === 'fulfilled' ? [principalKeyOf(verdict.value.principal)] : [])));
  if (approvers.size < needed) throw refusals[0] ?? new RecoveryError('approval-required', `${intent.capability} needs the signatures of ${needed} approvers, ${approvers.size} came with it`);
  if (!ledger.replacesLostLedger) return;
  // What was approved before the ledger was lost may have been executed already; nobody here can tell.
  const tooEarly = envelope.approvals.some(({ statement }) => Date.parse(statement.decidedAt) <= (ledger.anchoredAtMs ?? Infinity));
  if (tooEarly) throw new RecoveryError('plan-stale', 'this device lost its ledger after the approval was given and cannot know whether it was executed: plan and approve again', { facts: { reason: 'ledger-lost' } });
}
