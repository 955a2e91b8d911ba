import { describe, expect, it } from 'vitest';
import { createPerson, type Person } from '../../test/gateway-bench.ts';
import { signTrustUpdate, verifyTrustUpdate, type PinnedTrust, type TrustUpdateStatement } from './signed-trust-update.ts';

const update = (change: Partial<TrustUpdateStatement> = {}): TrustUpdateStatement => ({ kind: 'winre-trust-update/v1', tenantId: 't', sequence: 6, addKeys: [], removeKeyIds: [], ...change });
const pinned = (...people: Person[]): PinnedTrust => ({ tenantId: 't', trustSequence: 5, trustedKeys: people.map((person) => person.key), caCertificatesPem: ['old'] });
const reason = (expected: string): object => ({ code: 'untrusted-payload', facts: { reason: expected } });

describe('trust updates', () => {
  it('rotate keys and authorities when an approver signs', async () => {
    const [ada, eve, gateway, next] = [await createPerson('ada', 'approve'), await createPerson('eve', 'approve'), await createPerson('gateway', 'gateway'), await createPerson('gateway', 'gateway')];
    const trust = pinned(ada, gateway);
    const ca = '-----BEGIN CERTIFICATE-----\nnew';
    const after = await verifyTrustUpdate(await signTrustUpdate(update({ addKeys: [eve.key, next.key], removeKeyIds: [gateway.key.keyId], caCertificatesPem: [ca] }), ada.signer), trust, new Set());
    expect(after).toEqual({ tenantId: 't', trustSequence: 6, trustedKeys: [ada.key, eve.key, next.key], caCertificatesPem: [ca] });
    expect(trust.trustedKeys).toHaveLength(2);
    const last = await verifyTrustUpdate(await signTrustUpdate(update({ sequence: 7, removeKeyIds: [ada.key.keyId] }), eve.signer), after, new Set());
    expect(last.trustedKeys).toEqual([eve.key, next.key]);
    expect(last.caCertificatesPem).toEqual([ca]);
  });

  it('are refused from anybody else, out of order, for others, or when nobody would be left', async () => {
    const [ada, gateway, stranger] = [await createPerson('ada', 'approve'), await createPerson('gateway', 'gateway'), await createPerson('stranger', 'approve')];
    const verdict = async (statement: TrustUpdateStatement, signer = ada.signer, revoked: string[] = []): Promise<unknown> => verifyTrustUpdate(await signTrustUpdate(statement, signer), pinned(ada, gateway), new Set(revoked));
    await expect(verdict(update(), gateway.signer)).rejects.toMatchObject(reason('unknown-key'));
    await expect(verdict(update({ addKeys: [stranger.key] }), stranger.signer)).rejects.toMatchObject(reason('unknown-key'));
    await expect(verdict(update(), ada.signer, [ada.key.keyId])).rejects.toMatchObject(reason('revoked'));
    await expect(verdict(update({ sequence: 5 }))).rejects.toMatchObject(reason('out-of-order'));
    await expect(verdict(update({ sequence: 7 }))).rejects.toMatchObject(reason('out-of-order'));
    await expect(verdict(update({ tenantId: 'u' }))).rejects.toMatchObject(reason('other-tenant'));
    await expect(verdict(update({ removeKeyIds: [ada.key.keyId] }))).rejects.toMatchObject(reason('no-approver-left'));
    await expect(verdict(update({ removeKeyIds: [gateway.key.keyId] }))).rejects.toMatchObject(reason('no-gateway-left'));
    await expect(verdict(update({ addKeys: [{ ...stranger.key, keyId: ada.key.keyId }] }))).rejects.toMatchObject(reason('key-id'));
    await expect(verdict(update({ addKeys: [stranger.key] }), ada.signer, [stranger.key.keyId])).rejects.toMatchObject(reason('revoked'));
    const signed = await signTrustUpdate(update(), ada.signer);
    await expect(verifyTrustUpdate({ ...signed, statement: update({ addKeys: [stranger.key] }) }, pinned(ada, gateway), new Set())).rejects.toMatchObject(reason('bad-signature'));
  });
});
