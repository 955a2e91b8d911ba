import { createStatementSigner, generateSigningKey, instantAt, keyIdOf, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { beforeAll, expect, test } from 'vitest';
import { generateSealingKey, signRevocations, signTrustUpdate, type EscrowKey, type SignedRevocations, type SignedTrustUpdate } from '../../protocol/index.ts';
import type { EnrolmentRecord } from '../state/enrolment-record.ts';
import { acceptTrust } from './accept-trust.ts';

interface Person { readonly signer: StatementSigner; readonly key: TrustedKey }
async function person(principal: string, purpose: TrustedKey['purpose']): Promise<Person> {
  const pair = await generateSigningKey();
  return { signer: createStatementSigner(pair), key: { keyId: pair.keyId, principal, purpose, publicKey: pair.publicKey } };
}
let ada: Person;
let gateway: Person;
let nextGateway: Person;
let record: EnrolmentRecord;
beforeAll(async () => {
  ada = await person('ada', 'approve');
  gateway = await person('gateway', 'gateway');
  nextGateway = await person('gateway-2', 'gateway');
  record = {
    tenantId: 't', deviceId: 'd', enrolmentEpoch: 'e', deviceKey: { keyId: 'd', publicKey: '', privateKeyPkcs8: '' }, stateGeneration: '', trustSequence: 0,
    trustedKeys: [ada.key, gateway.key], caCertificatesPem: ['pem'], policies: {}, consent: { categories: [] }, settingsVersion: '',
  };
});
const revocations = (signer: StatementSigner, revokedKeyIds: string[], sequence = 1): Promise<SignedRevocations> =>
  signRevocations({ kind: 'winre-revocations/v1', tenantId: 't', sequence, issuedAt: instantAt(0), revokedKeyIds, revokedDeviceIds: [] }, signer);
const update = (signer: StatementSigner, addKeys: TrustedKey[], sequence = 1): Promise<SignedTrustUpdate> => signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId: 't', sequence, addKeys, removeKeyIds: [] }, signer);

test('settings, revocations and keys are taken over; the given record is left alone', async () => {
  const news = { revocations: await revocations(gateway.signer, ['some-key']), trustUpdates: [await update(ada.signer, [nextGateway.key])], consent: { categories: ['agent-log' as const] }, settingsVersion: 'v2' };
  const next = await acceptTrust(record, news);
  expect(next).toMatchObject({ trustSequence: 1, settingsVersion: 'v2', consent: { categories: ['agent-log'] }, revocations: { revokedKeyIds: ['some-key'] } });
  expect(next.trustedKeys.map(({ principal }) => principal)).toEqual(['ada', 'gateway', 'gateway-2']);
  expect(record).toMatchObject({ trustSequence: 0, settingsVersion: '' });
});

test('a gateway key may come with the list it signs', async () => {
  const next = await acceptTrust(record, { revocations: await revocations(nextGateway.signer, []), trustUpdates: [await update(ada.signer, [nextGateway.key])] });
  expect(next.revocations?.sequence).toBe(1);
});

test('a key that is revoked in the same message brings in nobody, whichever gateway key signed the list', async () => {
  const trustUpdates = [await update(ada.signer, [nextGateway.key, (await person('eve', 'approve')).key])];
  for (const { signer } of [gateway, nextGateway]) {
    await expect(acceptTrust(record, { revocations: await revocations(signer, [ada.key.keyId]), trustUpdates })).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'revoked' } });
  }
});

test('the gateway alone cannot add an approver, and an older list is refused', async () => {
  await expect(acceptTrust(record, { trustUpdates: [await update(gateway.signer, [(await person('eve', 'approve')).key])] })).rejects.toMatchObject({ code: 'untrusted-payload' });
  const current = await acceptTrust(record, { revocations: await revocations(gateway.signer, [], 5) });
  await expect(acceptTrust(current, { revocations: await revocations(gateway.signer, [], 4) })).rejects.toMatchObject({ facts: { reason: 'went-back' } });
});

test('the escrow key is pinned: the gateway gives the first one, and another one needs an approver', async () => {
  const escrowKey = async (): Promise<EscrowKey> => {
    const { publicKey } = await generateSealingKey();
    return { keyId: await keyIdOf(publicKey), publicKey };
  };
  const [first, second] = [await escrowKey(), await escrowKey()];
  const pinned = await acceptTrust(record, { escrowKey: first });
  expect(pinned.escrowKey).toEqual(first);
  expect((await acceptTrust(pinned, { escrowKey: second })).escrowKey).toEqual(first);
  const rotation = (signer: StatementSigner, key: EscrowKey): Promise<SignedTrustUpdate> => signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId: 't', sequence: 1, addKeys: [], removeKeyIds: [], escrowKey: key }, signer);
  await expect(acceptTrust(pinned, { trustUpdates: [await rotation(gateway.signer, second)] })).rejects.toMatchObject({ code: 'untrusted-payload' });
  await expect(acceptTrust(pinned, { trustUpdates: [await rotation(ada.signer, { ...second, keyId: first.keyId })] })).rejects.toMatchObject({ facts: { reason: 'key-id' } });
  expect((await acceptTrust(pinned, { trustUpdates: [await rotation(ada.signer, second)] })).escrowKey).toEqual(second);
});
