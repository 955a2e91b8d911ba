import { describe, expect, it } from 'vitest';
import { createPerson, nonce } from '../../test/gateway-bench.ts';
import { signedTimeSchema, signTime, verifyTime } from './signed-time.ts';

describe('signed time', () => {
  it('is believed when a pinned gateway key signed it over this nonce', async () => {
    const gateway = await createPerson('gateway', 'gateway');
    const mine = nonce();
    const signed = signedTimeSchema.parse(JSON.parse(JSON.stringify(await signTime(mine, Date.UTC(2026, 10, 22), gateway.signer))));
    await expect(verifyTime(signed, { nonce: mine, trustedKeys: [gateway.key], revokedKeyIds: new Set() })).resolves.toBe(Date.UTC(2026, 10, 22));
  });

  it('is refused when it is old, altered, of another key, of a revoked key, or of a key pinned for something else', async () => {
    const [gateway, other] = [await createPerson('gateway', 'gateway'), await createPerson('other', 'gateway')];
    const mine = nonce();
    const signed = await signTime(mine, 0, gateway.signer);
    const trust = { nonce: mine, trustedKeys: [gateway.key], revokedKeyIds: new Set<string>() };
    const reason = (expected: string): object => ({ code: 'untrusted-payload', facts: { reason: expected } });
    await expect(verifyTime(signed, { ...trust, nonce: nonce() })).rejects.toMatchObject(reason('other-nonce'));
    await expect(verifyTime({ ...signed, statement: { ...signed.statement, gatewayTime: '2030-01-01T00:00:00.000Z' } }, trust)).rejects.toMatchObject(reason('bad-signature'));
    await expect(verifyTime(await signTime(mine, 0, other.signer), trust)).rejects.toMatchObject(reason('unknown-key'));
    await expect(verifyTime(signed, { ...trust, revokedKeyIds: new Set([gateway.key.keyId]) })).rejects.toMatchObject(reason('revoked'));
    await expect(verifyTime(signed, { ...trust, trustedKeys: [{ ...gateway.key, purpose: 'approve' }] })).rejects.toMatchObject(reason('unknown-key'));
  });
});
