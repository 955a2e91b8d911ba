import { describe, expect, it } from 'vitest';
import { createPerson } from '../../test/gateway-bench.ts';
import { signRevocations, verifyRevocations, type RevocationsStatement } from './signed-revocations.ts';

const list = (sequence: number, revokedKeyIds: string[] = [], change: Partial<RevocationsStatement> = {}): RevocationsStatement => ({
  kind: 'winre-revocations/v1', tenantId: 't', sequence, issuedAt: '2026-11-22T03:00:00.000Z', revokedKeyIds, revokedDeviceIds: [], ...change,
});
const reason = (expected: string): object => ({ code: 'untrusted-payload', facts: { reason: expected } });

describe('signed revocations', () => {
  it('replace an older list, and the same list may come again', async () => {
    const gateway = await createPerson('gateway', 'gateway');
    const known = { tenantId: 't', trustedKeys: [gateway.key] };
    await expect(verifyRevocations(await signRevocations(list(3, ['a']), gateway.signer), { ...known, current: undefined })).resolves.toEqual(list(3, ['a']));
    await expect(verifyRevocations(await signRevocations(list(4, ['a', 'b']), gateway.signer), { ...known, current: list(3, ['a']) })).resolves.toEqual(list(4, ['a', 'b']));
    await expect(verifyRevocations(await signRevocations(list(3, ['a']), gateway.signer), { ...known, current: list(3, ['a']) })).resolves.toEqual(list(3, ['a']));
    await expect(verifyRevocations(await signRevocations(list(4, [], { revokedDeviceIds: [] }), gateway.signer), { ...known, current: list(3, [], { revokedDeviceIds: ['d'] }) })).resolves.toMatchObject({ revokedDeviceIds: [] });
  });

  it('never go back, fork, withdraw a key or change tenant', async () => {
    const [gateway, other] = [await createPerson('gateway', 'gateway'), await createPerson('other', 'gateway')];
    const known = { tenantId: 't', trustedKeys: [gateway.key], current: list(3, ['a']) };
    const verdict = async (statement: RevocationsStatement, signer = gateway.signer): Promise<unknown> => verifyRevocations(await signRevocations(statement, signer), known);
    await expect(verdict(list(2, ['a']))).rejects.toMatchObject(reason('went-back'));
    await expect(verdict(list(3, ['a', 'b']))).rejects.toMatchObject(reason('went-back'));
    await expect(verdict(list(4, ['b']))).rejects.toMatchObject(reason('withdrawn'));
    await expect(verdict(list(4, ['a'], { tenantId: 'u' }))).rejects.toMatchObject(reason('other-tenant'));
    await expect(verdict(list(4, ['a']), other.signer)).rejects.toMatchObject(reason('unknown-key'));
    const signed = await signRevocations(list(4, ['a']), gateway.signer);
    await expect(verifyRevocations({ ...signed, statement: list(5, ['a']) }, known)).rejects.toMatchObject(reason('bad-signature'));
    await expect(verifyRevocations(signed, { ...known, current: list(3, [gateway.key.keyId]) })).rejects.toMatchObject(reason('revoked'));
  });
});
