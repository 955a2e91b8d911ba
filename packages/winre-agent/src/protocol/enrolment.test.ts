import { describe, expect, it } from 'vitest';
import { nonce } from '../../test/gateway-bench.ts';
import { newSigner } from '../../test/test-device.ts';
import { signEnrolment, verifyEnrolment } from './enrolment.ts';

const statement = () => ({ tokenKind: 'one-time' as const, hardwareId: 'h', displayName: 'Laptop', stateGeneration: nonce(), platform: 'windows' as const, timeNonce: nonce() });

describe('enrolment requests', () => {
  it('hold together: token, key and signature', async () => {
    const request = await signEnrolment(statement(), 'a token of some length', await newSigner());
    await expect(verifyEnrolment(JSON.parse(JSON.stringify(request)))).resolves.toEqual(request);
  });

  it('name the token, the key or the field that does not fit', async () => {
    const [signer, other] = [await newSigner(), await newSigner()];
    const request = await signEnrolment(statement(), 'a token of some length', signer);
    await expect(verifyEnrolment({ ...request, token: 'another token of some length' })).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'statement.tokenSha256' });
    await expect(verifyEnrolment({ ...request, statement: { ...request.statement, devicePublicKey: other.publicKey } })).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'bad-signature' } });
    await expect(verifyEnrolment({ ...request, statement: { ...request.statement, hardwareId: 'i' } })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(verifyEnrolment({ ...request, statement: { ...request.statement, platform: 'beos' } })).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'statement.platform' });
    await expect(verifyEnrolment({ ...request, extra: 1 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(verifyEnrolment(null)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('show no token in an error', async () => {
    const request = await signEnrolment(statement(), 'canary-token-7391', await newSigner());
    const error: unknown = await verifyEnrolment({ ...request, signature: 'AAAA' }).catch((cause: unknown) => cause);
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});
