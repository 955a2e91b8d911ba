import { instantAt, signApproval, signScript, type RecoveryScript, type SignedApproval } from '@winre-kit/sdk';
import { approvalStatementFor } from '@winre-kit/sdk/host';
import { expect, test } from 'vitest';
import { device, enterIntent, people, person, restoreIntent, setUpHost, statesOf, type HostSetup } from './host-setup.ts';

const olivia = await person('olivia@example.com');
const approvers = [people.ada.key, people.ben.key, people.revoked.key, olivia.key];

async function push(setup: HostSetup, change: { readonly expiresInMs?: number; readonly content?: string } = {}): Promise<unknown> {
  const terms = { tenantId: 'tenant-1', issuedAt: instantAt(setup.clock.now() - 60_000), expiresAt: instantAt(setup.clock.now() + (change.expiresInMs ?? 60_000)) };
  const manifest = { name: 'look', interpreter: 'sh' as const, successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 };
  const signed: RecoveryScript = await signScript({ content: 'echo hello', manifest }, terms, people.scripts.signer);
  return setup.host.plan('fake-plugin', { capability: 'winre.script.push', tenantId: 'tenant-1', device, script: { ...signed, content: change.content ?? signed.content } });
}

async function approve(setup: HostSetup, by = people.ada, change: Partial<SignedApproval> & { readonly planDigest?: string } = {}): Promise<unknown> {
  const { planDigest, ...forged } = change;
  const asked = approvalStatementFor(await setup.host.approvalRequest('waiting'), { decision: 'approve', decidedAt: instantAt(setup.clock.now()) });
  const approval = await signApproval({ ...asked, ...(planDigest === undefined ? {} : { planDigest }) }, by.signer);
  return setup.host.approve('waiting', { ...approval, ...forged });
}

const cases: readonly [string, object, (setup: HostSetup) => Promise<unknown>][] = [
  ['a schema violation', { code: 'invalid-argument', fieldPath: 'restorePointId', message: expect.stringContaining('expected string') as string }, ({ host }) => host.plan('fake-plugin', { ...restoreIntent, restorePointId: 7 })],
  ['an unknown plug-in', { code: 'not-found' }, ({ host }) => host.plan('another-plugin', enterIntent)],
  ['an unknown device', { code: 'not-found' }, ({ host }) => host.plan('fake-plugin', { ...restoreIntent, device: { id: 'device-9', enrolmentEpoch: 'epoch-1' } })],
  ['a wrong enrolment epoch', { code: 'enrolment-changed' }, ({ host }) => host.plan('fake-plugin', { ...restoreIntent, device: { id: 'device-1', enrolmentEpoch: 'epoch-0' } })],
  ['an expired signature', { code: 'untrusted-payload', facts: { reason: 'expired' } }, (setup) => push(setup, { expiresInMs: -1 })],
  ['an altered script', { code: 'untrusted-payload', facts: { reason: 'altered' } }, (setup) => push(setup, { content: 'format c:' })],
  ['an approval by the requester', { code: 'approval-rejected' }, (setup) => approve(setup, olivia)],
  ['a forged approval', { code: 'untrusted-payload' }, (setup) => approve(setup, people.stranger, { keyId: people.ada.key.keyId })],
  ['a stale plan digest', { code: 'plan-stale' }, (setup) => approve(setup, people.ada, { planDigest: 'a'.repeat(64) })],
];

/** What was under way before goes on as if nothing had been asked. */
async function requireNothingSentNothingLost(setup: HostSetup, before: unknown): Promise<void> {
  expect(setup.vendor.startsReceived).toEqual([]);
  expect(await setup.host.operations.list()).toEqual(before);
  await setup.host.approve('waiting', await setup.approval('waiting', people.ada));
  await setup.host.start('waiting');
  expect((await setup.clock.runUntilSettled(statesOf(setup.host.watch('waiting')))).at(-1)).toBe('succeeded');
  expect([setup.vendor.startsReceived.length, setup.vendor.effectsOf('waiting')]).toEqual([1, 1]);
}

test.each(cases)('%s is refused with its code, nothing is sent and nothing is lost', async (_name, refusal, attempt) => {
  const setup = await setUpHost({ approvers });
  await setup.submitted('waiting');
  const before = await setup.host.operations.list();
  await expect(attempt(setup)).rejects.toMatchObject(refusal);
  await requireNothingSentNothingLost(setup, before);
});

test('a revoked signer is refused with its code, nothing is sent and nothing is lost', async () => {
  const setup = await setUpHost({ approvers, revokedKeyIds: [people.scripts.key.keyId] });
  await setup.submitted('waiting');
  const before = await setup.host.operations.list();
  await expect(push(setup)).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'revoked' } });
  await requireNothingSentNothingLost(setup, before);
});
