import { RecoveryError } from '../errors/recovery-error.ts';
import type { ApprovalStatement, SignedApproval, TrustedKey } from '../schemas/approval.ts';
import { isSignedBy, requireTrustedKey, type StatementSigner } from './ed25519.ts';
import { isSamePrincipal } from './principal.ts';

/** What an approval must be about, and the verifier's trusted keys and time. */
export interface ApprovalExpectation {
  readonly planDigest: string;
  readonly operationKey: string;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly enrolmentEpoch: string;
  readonly trustedKeys: readonly TrustedKey[];
  readonly revokedKeyIds: ReadonlySet<string>;
  readonly nowMs: number;
}

/** Signs a decision about one plan. */
export async function signApproval(statement: ApprovalStatement, signer: StatementSigner): Promise<SignedApproval> {
  return { statement, keyId: signer.keyId, signature: await signer.sign(statement) };
}

/**
 * Accepts an approval only when it is a registered approver's own signature over exactly this plan, operation, tenant, device and enrolment,
 * given in time and still executable, and the approver is not the requester. The host checks it before dispatch, the agent again before it acts.
 *
 * @returns the approver's key record
 * @throws {RecoveryError} `untrusted-payload` (unknown or revoked key, forged), `plan-stale` (another plan), `enrolment-changed`,
 * `approval-rejected` (the decision is reject, or the requester approved), `approval-expired` (either clock)
 */
export async function verifyApproval(approval: SignedApproval, expected: ApprovalExpectation): Promise<TrustedKey> {
  const { statement } = approval;
  const key = requireTrustedKey(approval.keyId, 'approve', expected.trustedKeys, expected.revokedKeyIds);
  if (!(await isSignedBy(key.publicKey, statement, approval.signature))) {
    throw new RecoveryError('untrusted-payload', `the approval by ${key.principal} is not signed by that key: forged or altered`, { facts: { reason: 'bad-signature' } });
  }
  const other = (['operationKey', 'tenantId', 'deviceId'] as const).find((field) => statement[field] !== expected[field]);
  if (other) throw new RecoveryError('untrusted-payload', `the approval is for another ${other}`, { fieldPath: other, facts: { reason: 'other-subject' } });
  if (statement.enrolmentEpoch !== expected.enrolmentEpoch) throw new RecoveryError('enrolment-changed', `the approval is for enrolment ${statement.enrolmentEpoch}, the device is in ${expected.enrolmentEpoch}`);
  if (statement.planDigest !== expected.planDigest) throw new RecoveryError('plan-stale', 'the approval is for another plan: plan again and ask again');
  if (statement.decision === 'reject') throw new RecoveryError('approval-rejected', `${key.principal} rejected it: ${statement.reason || 'no reason given'}`);
  if (isSamePrincipal(statement.requestedBy, key.principal)) throw new RecoveryError('approval-rejected', `${key.principal} asked for it and cannot approve it: another person must`, { facts: { reason: 'self-approval' } });
  // Written so that a time that is no time counts as passed.
  if (!(Date.parse(statement.decidedAt) <= Date.parse(statement.approveBy))) throw new RecoveryError('approval-expired', `decided at ${statement.decidedAt}, after the time to approve ended at ${statement.approveBy}`);
  if (!(Date.parse(statement.executeBy) > expected.nowMs)) throw new RecoveryError('approval-expired', `the time to execute ended at ${statement.executeBy}`);
  return key;
}
