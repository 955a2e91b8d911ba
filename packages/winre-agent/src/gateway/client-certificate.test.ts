import { createPublicKey, X509Certificate } from 'node:crypto';
import type { Clock } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { issueCertificateAuthority, loadX509 } from './certificates.ts';
import { issueClientCertificate, readCertificateRequest } from './client-certificate.ts';

const clock: Clock = { now: () => Date.UTC(2026, 10, 22), monotonicMs: () => 0, sleep: () => Promise.resolve() };
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function requestOf(algorithm: typeof ecdsa | ReturnType<typeof rsa> = ecdsa, name = 'CN=whatever'): Promise<Uint8Array<ArrayBuffer>> {
  const keys = await globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('expected a pair of keys');
  const request = await (await loadX509()).Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  return new Uint8Array(request.rawData);
}
function rsa(modulusLength: number): { name: string; modulusLength: number; publicExponent: Uint8Array<ArrayBuffer>; hash: string } {
  return { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
}

test('the certificate has the key of the request and the name the authority gives', async () => {
  const authority = await issueCertificateAuthority({ commonName: 'CA', validForDays: 30 }, clock);
  for (const requestDer of [await requestOf(), await requestOf(rsa(2_048))]) {
    const { publicKeySpki } = await readCertificateRequest(requestDer);
    const certificate = new X509Certificate(await issueClientCertificate({ authority, requestDer, commonName: 'device-1', validForDays: 7 }, clock));
    expect(certificate.subject).toBe('CN=device-1');
    expect(certificate.publicKey.equals(createPublicKey({ key: Buffer.from(publicKeySpki, 'base64'), format: 'der', type: 'spki' }))).toBe(true);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBe(Date.UTC(2026, 10, 29));
  }
});

test('a request that was altered, is no request or has a weak key gets nothing', async () => {
  const good = await requestOf(ecdsa, 'CN=good-name');
  const renamed = Uint8Array.from(good);
  renamed.set(new TextEncoder().encode('evil-name'), Buffer.from(good).indexOf('good-name'));
  const authority = await issueCertificateAuthority({ commonName: 'CA', validForDays: 30 }, clock);
  for (const [requestDer, reason] of [[renamed, 'bad-signature'], [Uint8Array.of(1, 2, 3), 'unreadable-request'], [await requestOf(rsa(1_024)), 'weak-key']] as const) {
    await expect(readCertificateRequest(requestDer)).rejects.toMatchObject({ code: 'invalid-argument', facts: { reason } });
    await expect(issueClientCertificate({ authority, requestDer, commonName: 'd', validForDays: 1 }, clock)).rejects.toMatchObject({ facts: { reason } });
  }
});
