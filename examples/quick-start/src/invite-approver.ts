import { createStatementSigner, generateSigningKey, instantAt, signApproval, type SignedApproval, type TrustedKey } from '@winre-kit/sdk';
import { approvalStatementFor, systemClock, type ApprovalRequest } from '@winre-kit/sdk/host';

/** A person whose signature counts. In production the key lives on a token or in an HSM behind the same `StatementSigner` port. */
export interface Approver {
  readonly key: TrustedKey;
  sign(request: ApprovalRequest): Promise<SignedApproval>;
}

export async function inviteApprover(principal: string): Promise<Approver> {
  const signer = createStatementSigner(await generateSigningKey());
  return {
    key: { keyId: signer.keyId, principal, purpose: 'approve', publicKey: signer.publicKey },
    sign: (request) => signApproval(approvalStatementFor(request, { decision: 'approve', decidedAt: instantAt(systemClock.now()) }), signer),
  };
}
