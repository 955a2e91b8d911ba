import { expect, test } from 'vitest';
import { createStatementSigner, generateSigningKey, type StatementSigner } from '../../trust/ed25519.ts';
import { signApproval } from '../../trust/signed-approval.ts';
import type { TrustedKey } from '../../schemas/approval.ts';
import { judgeApproval, requireQuorum, type ApprovalTerms, type ApproverTrust, type CountedApproval } from './approval-gate.ts';

const nowMs = Date.UTC(2026, 10, 22, 3);
const terms: ApprovalTerms = {
  planDigest: 'a'.repeat(64), operationKey: 'key-1', tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', requestedBy: 'olivia',
  approveBy: '2026-11-22T04:00:00.000Z', executeBy: '2026-11-22T05:00:00.000Z', approvalsNeeded: 2,
};
async function approver(principal: string): Promise<{ readonly signer: StatementSigner; readonly key: TrustedKey }> {
  const signer = createStatementSigner(await generateSigningKey());
  return { signer, key: { keyId: signer.keyId, principal, purpose: 'approve', publicKey: signer.publicKey } };
}
const [ada, adaAgain, ben, olivia] = [await approver('ada'), await approver('ada'), await approver('ben'), await approver('olivia')];
const trust: ApproverTrust = { approvers: [ada.key, adaAgain.key, ben.key, olivia.key], revokedKeyIds: new Set(), nowMs };
const counted = async (by: typeof ada, more: Partial<ApprovalTerms> = {}): Promise<CountedApproval> => {
  const { approvalsNeeded: _needed, ...statement } = { ...terms, ...more };
  return { principal: by.key.principal, approval: await signApproval({ ...statement, kind: 'winre-approval/v1', decision: 'approve', decidedAt: new Date(nowMs).toISOString(), reason: '' }, by.signer) };
};

test('the quorum is of people, not of keys or records', async () => {
  await requireQuorum(terms, [await counted(ada), await counted(ben)], trust);
  const short = { code: 'approval-required' };
  await expect(requireQuorum(terms, [await counted(ada)], trust)).rejects.toMatchObject(short);
  await expect(requireQuorum(terms, [await counted(ada), await counted(ada)], trust)).rejects.toMatchObject(short);
  await expect(requireQuorum(terms, [await counted(ada), await counted(adaAgain)], trust)).rejects.toMatchObject(short);
  await expect(requireQuorum(terms, [{ ...(await counted(ada)), principal: 'ben' }, { ...(await counted(ada)), principal: 'cat' }], trust)).rejects.toMatchObject(short);
  await expect(requireQuorum({ ...terms, approvalsNeeded: 1 }, [await counted(olivia, { requestedBy: 'somebody' })], trust)).rejects.toMatchObject(short);
});

test('signatures and clocks are judged again before sending', async () => {
  const both = [await counted(ada), await counted(ben)];
  await expect(requireQuorum(terms, both, { ...trust, nowMs: Date.parse(terms.executeBy) })).rejects.toMatchObject({ code: 'approval-expired' });
  await expect(requireQuorum(terms, both, { ...trust, revokedKeyIds: new Set([ben.key.keyId]) })).rejects.toMatchObject({ code: 'untrusted-payload' });
  await expect(requireQuorum({ ...terms, planDigest: 'b'.repeat(64) }, both, trust)).rejects.toMatchObject({ code: 'plan-stale' });
  await expect(requireQuorum({ ...terms, approvalsNeeded: 0 }, [], trust)).resolves.toBeUndefined();
});

test('a second key of the same person does not count twice', async () => {
  const first = await counted(ada);
  expect(await judgeApproval(first.approval, terms, [], trust)).toMatchObject({ decision: 'approve', principal: 'ada', stillNeeded: 1 });
  await expect(judgeApproval((await counted(adaAgain)).approval, terms, [first], trust)).rejects.toMatchObject({ code: 'already-exists' });
  expect(await judgeApproval((await counted(ben)).approval, terms, [first], trust)).toMatchObject({ stillNeeded: 0 });
});
