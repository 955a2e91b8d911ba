import { beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalStatement, SignedApproval, TrustedKey } from '../schemas/approval.ts';
import type { PlanBinding } from '../schemas/plan.ts';
import { createStatementSigner, generateSigningKey, type StatementSigner } from './ed25519.ts';
import { planDigestOf, requirePlanBinding } from './plan-digest.ts';
import { signApproval, verifyApproval, type ApprovalExpectation } from './signed-approval.ts';

const statement: ApprovalStatement = {
  kind: 'winre-approval/v1', decision: 'approve', planDigest: 'a'.repeat(64), operationKey: 'key-1', tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', requestedBy: 'bob',
  approveBy: '2026-11-22T04:00:00Z', executeBy: '2026-11-22T08:00:00Z', decidedAt: '2026-11-22T03:30:00Z', reason: '',
};
let alice: StatementSigner;
let mallory: StatementSigner;
let expected: ApprovalExpectation;

beforeAll(async () => {
  alice = createStatementSigner(await generateSigningKey());
  mallory = createStatementSigner(await generateSigningKey());
  const key: TrustedKey = { keyId: alice.keyId, publicKey: alice.publicKey, principal: 'alice', purpose: 'approve' };
  const { planDigest, operationKey, tenantId, deviceId, enrolmentEpoch } = statement;
  expected = { planDigest, operationKey, tenantId, deviceId, enrolmentEpoch, trustedKeys: [key], revokedKeyIds: new Set(), nowMs: Date.parse('2026-11-22T05:00:00Z') };
});
const approve = (more: Partial<ApprovalStatement> = {}, signer = alice): Promise<SignedApproval> => signApproval({ ...statement, ...more }, signer);

test('a registered approver\'s signature over this very plan is accepted and names the approver', async () => {
  expect(await verifyApproval(await approve(), expected)).toMatchObject({ principal: 'alice' });
  expect(await verifyApproval(await approve({ decidedAt: statement.approveBy }), { ...expected, nowMs: Date.parse(statement.executeBy) - 1 })).toMatchObject({ principal: 'alice' });
});

describe('refusals', () => {
  test.each<[string, string | undefined, Partial<ApprovalStatement>]>([
    ['untrusted-payload', 'other-subject', { operationKey: 'key-2' }],
    ['untrusted-payload', 'other-subject', { tenantId: 'tenant-2' }],
    ['untrusted-payload', 'other-subject', { deviceId: 'device-2' }],
    ['enrolment-changed', undefined, { enrolmentEpoch: 'epoch-0' }],
    ['plan-stale', undefined, { planDigest: 'b'.repeat(64) }],
    ['approval-rejected', undefined, { decision: 'reject', reason: 'not today' }],
    ['approval-rejected', 'self-approval', { requestedBy: 'alice' }],
    ['approval-expired', undefined, { decidedAt: '2026-11-22T04:00:00.001Z' }],
    ['approval-expired', undefined, { executeBy: '2026-11-22T05:00:00Z' }],
  ])('%s %s: signed for %j', async (code, reason, more) => {
    await expect(verifyApproval(await approve(more), expected)).rejects.toEqual(expect.objectContaining({ code, ...(reason === undefined ? {} : { facts: { reason } }) }));
  });

  test.each<[string, (approval: SignedApproval) => [SignedApproval, Partial<ApprovalExpectation>]]>([
    ['unknown-key', (approval) => [approval, { trustedKeys: [] }]],
    ['unknown-key', (approval) => [approval, { trustedKeys: expected.trustedKeys.map((key) => ({ ...key, purpose: 'sign-scripts' as const })) }]],
    ['revoked', (approval) => [approval, { revokedKeyIds: new Set([alice.keyId]) }]],
    ['bad-signature', (approval) => [approval, { trustedKeys: expected.trustedKeys.map((key) => ({ ...key, publicKey: mallory.publicKey })) }]],
  ])('untrusted-payload %s', async (reason, make) => {
    const [approval, more] = make(await approve());
    await expect(verifyApproval(approval, { ...expected, ...more })).rejects.toEqual(expect.objectContaining({ code: 'untrusted-payload', facts: expect.objectContaining({ reason }) as unknown }));
  });

  test('any member altered after signing breaks it, also towards what is expected', async () => {
    const approval = await approve({ planDigest: 'b'.repeat(64), deviceId: 'device-2', decision: 'reject', executeBy: '2026-11-22T04:00:00Z' });
    for (const member of Object.keys(statement) as (keyof ApprovalStatement)[]) {
      const altered = { ...approval, statement: { ...approval.statement, [member]: member === 'reason' ? 'other' : statement[member] } };
      const isAltered = JSON.stringify(altered.statement) !== JSON.stringify(approval.statement);
      const reason = isAltered ? 'bad-signature' : 'other-subject';
      await expect(verifyApproval(altered, expected)).rejects.toEqual(expect.objectContaining({ code: 'untrusted-payload', facts: { reason } }));
    }
  });

  test('a time that is no time counts as passed', async () => {
    await expect(verifyApproval(await approve(), { ...expected, nowMs: Number.NaN })).rejects.toEqual(expect.objectContaining({ code: 'approval-expired' }));
    await expect(verifyApproval(await approve({ decidedAt: 'now' }), expected)).rejects.toEqual(expect.objectContaining({ code: 'approval-expired' }));
    await expect(verifyApproval(await approve({ executeBy: 'never' }), expected)).rejects.toEqual(expect.objectContaining({ code: 'approval-expired' }));
  });

  test('a forger with the id of a trusted key gets nowhere', async () => {
    await expect(verifyApproval(await approve({}, { ...mallory, keyId: alice.keyId }), expected)).rejects.toEqual(expect.objectContaining({ facts: { reason: 'bad-signature' } }));
  });
});

describe('plan bindings', () => {
  const binding: PlanBinding = {
    kind: 'winre-plan/v1', pluginId: 'example', intent: { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device: { id: 'device-1', enrolmentEpoch: 'epoch-1' }, restorePointId: 'p-1', safetySnapshot: true },
    requests: [{ method: 'POST', url: 'https://emm.example/', body: { a: [1] } }], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null,
  };

  test('the digest survives the wire and the order of members', async () => {
    const digest = await planDigestOf(binding);
    expect(await requirePlanBinding(JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(binding).toReversed()))), digest)).toEqual(binding);
  });

  test.each<[string, Partial<PlanBinding>]>([
    ['payload', { intent: { ...binding.intent, restorePointId: 'p-2' } as PlanBinding['intent'] }], ['enrolment', { intent: { ...binding.intent, device: { id: 'device-1', enrolmentEpoch: 'epoch-2' } } }],
    ['request', { requests: [] }], ['secret', { secretDigests: { token: '1'.repeat(64) } }], ['descriptor', { descriptorHash: '1'.repeat(64) }], ['loss', { lossDigest: '1'.repeat(64) }], ['plug-in', { pluginId: 'other' }],
  ])('another %s is another plan', async (_what, more) => {
    await expect(requirePlanBinding({ ...binding, ...more }, await planDigestOf(binding))).rejects.toEqual(expect.objectContaining({ code: 'plan-stale' }));
  });

  test('a malformed or extended binding is refused by its field', async () => {
    await expect(requirePlanBinding({ ...binding, extra: 1 }, await planDigestOf(binding))).rejects.toEqual(expect.objectContaining({ code: 'invalid-argument' }));
    await expect(requirePlanBinding({ ...binding, intent: { ...binding.intent, tenantId: '' } }, '')).rejects.toEqual(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'intent.tenantId' }));
  });
});
