import { RecoveryError } from '../../errors/recovery-error.ts';
import { signedApprovalSchema, type SignedApproval, type TrustedKey } from '../../schemas/approval.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { isSamePrincipal, principalKeyOf } from '../../trust/principal.ts';
import { verifyApproval, type ApprovalExpectation } from '../../trust/signed-approval.ts';

/** What is to be approved, and on which terms. */
export interface ApprovalTerms {
  readonly planDigest: string;
  readonly operationKey: string;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly enrolmentEpoch: string;
  readonly requestedBy: string;
  readonly approveBy: string;
  readonly executeBy: string;
  readonly approvalsNeeded: number;
}

/** Whom the verifier trusts, and what time it is there. */
export interface ApproverTrust {
  readonly approvers: readonly TrustedKey[];
  readonly revokedKeyIds: ReadonlySet<string>;
  readonly nowMs: number;
}

/** An approval that was accepted earlier, and whose it is. */
export interface CountedApproval {
  readonly principal: string;
  readonly approval: SignedApproval;
}

/** What one genuine decision means. */
export interface ApprovalVerdict {
  readonly decision: 'approve' | 'reject';
  readonly principal: string;
  /** How many more people have to sign after this one. */
  readonly stillNeeded: number;
  /** False when this person is counted already, and what that means was never written down. */
  readonly isNew: boolean;
  readonly approval: SignedApproval;
}

/**
 * Judges one signed decision. Depends on nothing but its arguments; asynchronous only because Web Crypto is.
 *
 * @throws {RecoveryError} `approval-expired` (either clock, by the verifier's time), `untrusted-payload` (unknown, revoked, forged, other subject, other terms), `plan-stale`,
 * `enrolment-changed`, `approval-rejected` (the requester approves), `already-exists` (the same person again)
 */
export async function judgeApproval(value: unknown, terms: ApprovalTerms, counted: readonly CountedApproval[], trust: ApproverTrust): Promise<ApprovalVerdict> {
  const approval = parseOrThrow(signedApprovalSchema, value, 'approval');
  const { statement } = approval;
  const { key, rejected } = await authenticate(approval, terms, trust);
  const otherTerm = (['requestedBy', 'approveBy', 'executeBy'] as const).find((field) => statement[field] !== terms[field]);
  if (otherTerm) throw new RecoveryError('untrusted-payload', `the approval by ${key.principal} is for another ${otherTerm}: sign the request as it is`, { fieldPath: otherTerm, facts: { reason: 'other-terms' } });
  if (rejected) return { decision: 'reject', principal: key.principal, stillNeeded: terms.approvalsNeeded, isNew: true, approval };
  if (Date.parse(terms.approveBy) <= trust.nowMs) throw new RecoveryError('approval-expired', `the time to approve ended at ${terms.approveBy}: plan again and ask again`);
  const isNew = !counted.some(({ principal }) => isSamePrincipal(principal, key.principal));
  if (!isNew && counted.length < terms.approvalsNeeded) throw new RecoveryError('already-exists', `${key.principal} has approved already: another person must`);
  return { decision: 'approve', principal: key.principal, stillNeeded: Math.max(0, terms.approvalsNeeded - counted.length - (isNew ? 1 : 0)), isNew, approval };
}

/**
 * Judges, right before sending, whether enough approvals still hold: keys may have been revoked and clocks have gone on since they were taken.
 *
 * @throws {RecoveryError} `approval-expired`, `approval-required`, or what `verifyApproval` says about one of them
 */
export async function requireQuorum(terms: ApprovalTerms, counted: readonly CountedApproval[], trust: ApproverTrust): Promise<void> {
  if (Date.parse(terms.executeBy) <= trust.nowMs) throw new RecoveryError('approval-expired', `the time to execute ended at ${terms.executeBy}: plan again and ask again`);
  const principals = new Set<string>();
  for (const { approval } of counted) {
    const { principal } = await verifyApproval(approval, expectationOf(terms, trust));
    if (!isSamePrincipal(principal, terms.requestedBy)) principals.add(principalKeyOf(principal));
  }
  if (principals.size < terms.approvalsNeeded) throw new RecoveryError('approval-required', `${principals.size} of ${terms.approvalsNeeded} approvals are there: ask an approver to sign`, { facts: { operationKey: terms.operationKey, approveBy: terms.approveBy } });
}

async function authenticate(approval: SignedApproval, terms: ApprovalTerms, trust: ApproverTrust): Promise<{ readonly key: TrustedKey; readonly rejected: boolean }> {
  const expected = expectationOf(terms, trust);
  if (approval.statement.decision === 'approve') {
    const key = await verifyApproval(approval, expected);
    if (isSamePrincipal(key.principal, terms.requestedBy)) throw new RecoveryError('approval-rejected', `${key.principal} asked for it and cannot approve it: another person must`, { facts: { reason: 'self-approval' } });
    return { key, rejected: false };
  }
  try {
    return { key: await verifyApproval(approval, expected), rejected: true };
  } catch (error) {
    // A genuine rejection is reported only after signature, subject, enrolment and plan were found right.
    const key = trust.approvers.find(({ keyId }) => keyId === approval.keyId);
    if (key && RecoveryError.isInstance(error) && error.code === 'approval-rejected') return { key, rejected: true };
    throw error;
  }
}

function expectationOf(terms: ApprovalTerms, trust: ApproverTrust): ApprovalExpectation {
  const { planDigest, operationKey, tenantId, deviceId, enrolmentEpoch } = terms;
  return { planDigest, operationKey, tenantId, deviceId, enrolmentEpoch, trustedKeys: trust.approvers, revokedKeyIds: trust.revokedKeyIds, nowMs: trust.nowMs };
}
