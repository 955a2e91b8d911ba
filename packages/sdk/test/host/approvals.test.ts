import { instantAt, signApproval, type ApprovalStatement, type SignedApproval } from '@winre-kit/sdk';
import { approvalStatementFor } from '@winre-kit/sdk/host';
import { describe, expect, test } from 'vitest';
import { people, person, setUpHost, type HostSetup } from './host-setup.ts';

const statement = async (setup: HostSetup, more: Partial<ApprovalStatement> = {}): Promise<ApprovalStatement> => ({
  ...approvalStatementFor(await setup.host.approvalRequest('key-1'), { decision: 'approve', decidedAt: instantAt(setup.clock.now()) }),
  ...more,
});
const signed = async (setup: HostSetup, more: Partial<ApprovalStatement> = {}, by = people.ada): Promise<SignedApproval> => signApproval(await statement(setup, more), by.signer);
const olivia = await person('olivia@example.com');

const refusals: readonly [string, string, (setup: HostSetup) => Promise<unknown>][] = [
  ['a malformed approval', 'invalid-argument', () => Promise.resolve({ statement: {}, keyId: 'x', signature: 'x' })],
  ['an unknown key', 'untrusted-payload', (setup) => signed(setup, {}, people.stranger)],
  ['a revoked key', 'untrusted-payload', (setup) => signed(setup, {}, people.revoked)],
  ['a script signer', 'untrusted-payload', (setup) => signed(setup, {}, people.scripts)],
  ['a forged signature', 'untrusted-payload', async (setup) => ({ ...(await signed(setup, {}, people.stranger)), keyId: people.ada.key.keyId })],
  ['an altered statement', 'untrusted-payload', async (setup) => {
    const approval = await signed(setup);
    return { ...approval, statement: { ...approval.statement, reason: 'altered' } };
  }],
  ['another operation', 'untrusted-payload', (setup) => signed(setup, { operationKey: 'key-2' })],
  ['another device', 'untrusted-payload', (setup) => signed(setup, { deviceId: 'device-2' })],
  ['another tenant', 'untrusted-payload', (setup) => signed(setup, { tenantId: 'tenant-2' })],
  ['longer clocks than asked', 'untrusted-payload', (setup) => signed(setup, { executeBy: '2036-01-01T00:00:00.000Z' })],
  ['another requester in the statement', 'untrusted-payload', (setup) => signed(setup, { requestedBy: 'somebody@example.com' })],
  ['a stale plan digest', 'plan-stale', (setup) => signed(setup, { planDigest: 'a'.repeat(64) })],
  ['another enrolment epoch', 'enrolment-changed', (setup) => signed(setup, { enrolmentEpoch: 'epoch-0' })],
  ['the requester', 'approval-rejected', (setup) => signed(setup, {}, olivia)],
  ['the requester who names somebody else as requester', 'approval-rejected', (setup) => signed(setup, { requestedBy: 'somebody@example.com' }, olivia)],
  ['a decision after the time to approve', 'approval-expired', (setup) => signed(setup, { decidedAt: instantAt(setup.clock.now() + 5_400_000) })],
];

describe('an approval is refused with its code, changes nothing, and is audited:', () => {
  test.each(refusals)('%s: %s', async (_name, code, make) => {
    const setup = await setUpHost({ approvers: [people.ada.key, people.ben.key, people.revoked.key, olivia.key, people.scripts.key] });
    await setup.submitted();
    await expect(setup.host.approve('key-1', (await make(setup)) as SignedApproval)).rejects.toMatchObject({ code });
    expect((await setup.host.operations.get('key-1')).state).toBe('awaiting-approval');
    await expect(setup.host.start('key-1')).rejects.toMatchObject({ code: 'approval-required' });
    expect(setup.vendor.startsReceived).toHaveLength(0);
    const { entries } = await setup.audit.exportAudit();
    expect(entries.find(({ kind }) => kind === 'operation.approval-refused')?.facts).toMatchObject({ code });
  });
});

test('an approval that arrives too late by the host’s clock is refused, whatever time it claims', async () => {
  const setup = await setUpHost();
  await setup.submitted();
  const early = await signed(setup);
  await setup.clock.advance(3_600_000);
  await expect(setup.host.approve('key-1', early)).rejects.toMatchObject({ code: 'approval-expired' });
  expect((await setup.host.operations.get('key-1')).state).toBe('expired');
});

test('two signatures are two people', async () => {
  const setup = await setUpHost({ approvalPolicy: () => 2 });
  await setup.submitted();
  expect((await setup.host.approve('key-1', await signed(setup))).state).toBe('awaiting-approval');
  await expect(setup.host.approve('key-1', await signed(setup))).rejects.toMatchObject({ code: 'already-exists' });
  await expect(setup.host.start('key-1')).rejects.toMatchObject({ code: 'approval-required' });
  expect((await setup.host.approvalRequest('key-1')).approvedBy).toEqual(['ada@example.com']);
  expect((await setup.host.approve('key-1', await signed(setup, {}, people.ben))).state).toBe('approved');
  expect((await setup.host.start('key-1')).state).toBe('accepted');
});

test('two signatures at the same moment are both counted or told to look again', async () => {
  const setup = await setUpHost({ approvalPolicy: () => 2 });
  await setup.submitted();
  const approvals = [await signed(setup), await signed(setup)];
  const outcomes = await Promise.allSettled(approvals.map((approval) => setup.host.approve('key-1', approval)));
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect((await setup.host.operations.get('key-1')).state).toBe('awaiting-approval');
});

test('a rejection ends the operation', async () => {
  const setup = await setUpHost();
  await setup.submitted();
  expect(await setup.host.approve('key-1', await signed(setup, { decision: 'reject', reason: 'not this one' }))).toMatchObject({ state: 'rejected', reason: expect.stringContaining('not this one') as string });
  await expect(setup.host.start('key-1')).rejects.toMatchObject({ code: 'approval-rejected' });
  await expect(setup.host.approve('key-1', await signed(setup))).rejects.toMatchObject({ code: 'conflict' });
});

test('a forged rejection ends nothing', async () => {
  const setup = await setUpHost();
  await setup.submitted();
  await expect(setup.host.approve('key-1', await signed(setup, { decision: 'reject' }, people.stranger))).rejects.toMatchObject({ code: 'untrusted-payload' });
  expect((await setup.host.operations.get('key-1')).state).toBe('awaiting-approval');
});

test('a key revoked between approval and start counts no more', async () => {
  const revokedKeyIds: string[] = [];
  const setup = await setUpHost({ revokedKeyIds });
  await setup.approved();
  revokedKeyIds.push(people.ada.key.keyId);
  await expect(setup.host.start('key-1')).rejects.toMatchObject({ code: 'untrusted-payload' });
  expect((await setup.host.operations.get('key-1')).state).toBe('cancelled');
  expect(setup.vendor.startsReceived).toHaveLength(0);
});

test('a policy can ask for more than the floor, never for less', async () => {
  expect((await (await setUpHost({ approvalPolicy: () => 0 })).submitted()).state).toBe('awaiting-approval');
  await expect((await setUpHost({ approvalPolicy: () => Number.NaN })).submitted()).rejects.toMatchObject({ code: 'invalid-argument' });
});
