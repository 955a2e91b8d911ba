import { createStatementSigner, generateSigningKey, instantAt, planDigestOf, signApproval, type ApprovalStatement, type Intent, type PlanBinding, type SignedApproval, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { beforeAll, expect, test } from 'vitest';
import type { EnrolmentRecord } from '../state/enrolment-record.ts';
import { viewOfLedger, type LedgerView } from '../state/ledger-view.ts';
import type { LedgerEntry } from '../state/ledger-entry.ts';
import { judgeCommand, type JudgementBasis, type OperationEnvelope } from './judge-command.ts';

const nowMs = Date.UTC(2026, 10, 22, 3);
const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const restore: Intent = { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device, restorePointId: 'point-1', safetySnapshot: true };
const opened: LedgerEntry = { entry: 'opened', stateGeneration: Buffer.alloc(16).toString('base64'), replacesLostLedger: false };
let ada: { readonly signer: StatementSigner; readonly key: TrustedKey };
let record: EnrolmentRecord;

beforeAll(async () => {
  const pair = await generateSigningKey();
  ada = { signer: createStatementSigner(pair), key: { keyId: pair.keyId, principal: 'ada', purpose: 'approve', publicKey: pair.publicKey } };
  record = {
    tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', deviceKey: { keyId: 'd', publicKey: '', privateKeyPkcs8: '' }, stateGeneration: opened.stateGeneration,
    trustSequence: 0, trustedKeys: [ada.key], caCertificatesPem: ['pem'], policies: {}, consent: { categories: [] }, settingsVersion: '',
  };
});

const bindingOf = (intent: Intent): PlanBinding => ({ kind: 'winre-plan/v1', pluginId: 'sample', intent, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: '1'.repeat(64) });
async function envelope(intent: Intent, statement: Partial<ApprovalStatement> = {}): Promise<OperationEnvelope & { readonly approvals: readonly SignedApproval[] }> {
  const binding = bindingOf(intent);
  const planDigest = await planDigestOf(binding);
  const approval = await signApproval({
    kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey: 'key-1', tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-1', requestedBy: 'bob', reason: '',
    approveBy: instantAt(nowMs + 1_000), executeBy: instantAt(nowMs + 5_000), decidedAt: instantAt(nowMs - 1_000), ...statement,
  }, ada.signer);
  return { operationKey: 'key-1', planDigest, binding, approvals: [approval], deliverBy: instantAt(nowMs + 9_000) };
}
const basis = (change: Partial<JudgementBasis> = {}): JudgementBasis => ({ record, ledger: viewOfLedger([opened]), gatewayTimeMs: nowMs, mode: 'recovery', sessionId: 'session-1', ...change });
const refusedAs = (code: string, text = ''): unknown => expect.objectContaining({ code, message: expect.stringContaining(text) });

test('an approved plan for this device, in time, may begin', async () => {
  expect((await judgeCommand(await envelope(restore), basis())).intent).toEqual(restore);
});

test('every flaw of the envelope has its code', async () => {
  const good = await envelope(restore);
  await expect(judgeCommand({ ...good, binding: bindingOf({ ...restore, safetySnapshot: false }) }, basis())).rejects.toEqual(refusedAs('plan-stale', 'altered'));
  await expect(judgeCommand(await envelope({ ...restore, device: { id: 'device-2', enrolmentEpoch: 'epoch-1' } }), basis())).rejects.toEqual(refusedAs('untrusted-payload', 'another device'));
  await expect(judgeCommand(await envelope({ ...restore, tenantId: 'tenant-2' }), basis())).rejects.toEqual(refusedAs('untrusted-payload'));
  await expect(judgeCommand(await envelope({ ...restore, device: { id: 'device-1', enrolmentEpoch: 'epoch-0' } }), basis())).rejects.toEqual(refusedAs('enrolment-changed'));
  await expect(judgeCommand(good, basis({ gatewayTimeMs: undefined }))).rejects.toEqual(refusedAs('failed-precondition', 'signed time'));
  await expect(judgeCommand(good, basis({ gatewayTimeMs: nowMs + 9_000 }))).rejects.toEqual(refusedAs('deadline-exceeded', 'nothing was done'));
  await expect(judgeCommand(good, basis({ mode: 'service' }))).rejects.toEqual(refusedAs('failed-precondition', 'recovery mode'));
  const revocations = { kind: 'winre-revocations/v1', tenantId: 'tenant-1', sequence: 1, issuedAt: instantAt(nowMs), revokedKeyIds: [] as string[], revokedDeviceIds: [] as string[] } as const;
  await expect(judgeCommand(good, basis({ record: { ...record, revocations: { ...revocations, revokedDeviceIds: ['device-1'] } } }))).rejects.toEqual(refusedAs('permission-denied'));
  await expect(judgeCommand(good, basis({ record: { ...record, revocations: { ...revocations, revokedKeyIds: [ada.key.keyId] } } }))).rejects.toEqual(refusedAs('untrusted-payload', 'revoked'));
});

test('every flaw of the approval has its code', async () => {
  const good = await envelope(restore);
  await expect(judgeCommand({ ...good, approvals: [] }, basis())).rejects.toEqual(refusedAs('approval-required'));
  await expect(judgeCommand(await envelope(restore, { requestedBy: 'ada' }), basis())).rejects.toEqual(refusedAs('approval-rejected', 'another person'));
  await expect(judgeCommand(await envelope(restore, { decision: 'reject' }), basis())).rejects.toEqual(refusedAs('approval-rejected'));
  await expect(judgeCommand(await envelope(restore, { executeBy: instantAt(nowMs) }), basis())).rejects.toEqual(refusedAs('approval-expired'));
  await expect(judgeCommand(await envelope(restore, { operationKey: 'key-2' }), basis())).rejects.toEqual(refusedAs('untrusted-payload'));
  const [approval] = good.approvals;
  if (!approval) throw new RangeError('no approval was made');
  await expect(judgeCommand({ ...good, approvals: [{ ...approval, statement: { ...approval.statement, reason: 'forged' } }] }, basis())).rejects.toEqual(refusedAs('untrusted-payload', 'forged'));
  const rejected = await envelope(restore, { decision: 'reject' });
  await expect(judgeCommand({ ...good, approvals: [...good.approvals, ...rejected.approvals] }, basis())).rejects.toEqual(refusedAs('approval-rejected'));
});

test('after a lost ledger only what was approved since may be executed', async () => {
  const lost = (anchoredAtMs: number): LedgerView => viewOfLedger([{ ...opened, replacesLostLedger: true }, { entry: 'anchored', gatewayTimeMs: anchoredAtMs }]);
  await expect(judgeCommand(await envelope(restore), basis({ ledger: lost(nowMs) }))).rejects.toEqual(refusedAs('plan-stale', 'lost its ledger'));
  await judgeCommand(await envelope(restore), basis({ ledger: lost(nowMs - 2_000) }));
});

test('a destructive operation waits for nobody: while another one is under way it is refused', async () => {
  const plan = { binding: bindingOf(restore), approvals: [], deliverBy: instantAt(nowMs) };
  const ledger = viewOfLedger([
    opened,
    { entry: 'received', operationKey: 'key-0', commandSequence: 1, capability: 'winre.restore.trigger', planDigest: '0'.repeat(64), destructivePlan: plan },
    { entry: 'started', operationKey: 'key-0', executionId: 'x', bootId: 'b' },
  ]);
  await expect(judgeCommand(await envelope(restore), basis({ ledger }))).rejects.toEqual(refusedAs('conflict', 'key-0'));
});

test('what belongs to a session is refused in another one, and a release needs an approval too', async () => {
  const release: Intent = { capability: 'winre.keys.release', tenantId: 'tenant-1', device, sessionId: 'session-0', volumeId: 'os' };
  await expect(judgeCommand(await envelope(release), basis())).rejects.toEqual(refusedAs('session-lost'));
  const mine = await envelope({ ...release, sessionId: 'session-1' });
  await judgeCommand(mine, basis());
  await expect(judgeCommand({ ...mine, approvals: [] }, basis())).rejects.toEqual(refusedAs('approval-required'));
});

test('entering recovery is for the running system, rotating keys for either', async () => {
  const enter: Intent = { capability: 'winre.session.enter', tenantId: 'tenant-1', device };
  const rotate: Intent = { capability: 'winre.keys.escrow', tenantId: 'tenant-1', device, action: 'rotate' };
  await judgeCommand({ ...(await envelope(enter)), approvals: [] }, basis({ mode: 'service' }));
  await expect(judgeCommand(await envelope(enter), basis())).rejects.toEqual(refusedAs('failed-precondition'));
  for (const mode of ['service', 'recovery'] as const) await judgeCommand(await envelope(rotate), basis({ mode }));
});
