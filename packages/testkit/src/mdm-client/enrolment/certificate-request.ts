import type * as X509 from '@peculiar/x509';
import { RecoveryError, toBase64 } from '@winre-kit/sdk';
import type { EnrolmentPolicy } from './read-enrolment-policy.ts';

/** Windows makes RSA keys; ECDSA is for tests with many devices, since it takes a fraction of the time. */
export type DeviceKeyKind = 'rsa' | 'ecdsa-p256';

/** A request for a certificate and the key it belongs to. */
export interface CertificateRequest {
  /** DER of PKCS #10, in base64. */
  readonly requestBase64: string;
  /** PKCS #8; a secret. */
  readonly privateKeyPem: string;
  /** DER of the public key, to recognise the certificate that is issued for it. */
  readonly publicKeySpki: Uint8Array;
}

/** Makes a key and the request that the policy asks for. The subject is the device's id. */
export async function createCertificateRequest(deviceId: string, policy: EnrolmentPolicy, kind: DeviceKeyKind): Promise<CertificateRequest> {
  const x509 = await loadX509();
  const algorithm = kind === 'rsa'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: policy.hash, publicExponent: new Uint8Array([1, 0, 1]), modulusLength: Math.max(2048, policy.minimalKeyBits) }
    : { name: 'ECDSA', hash: policy.hash, namedCurve: 'P-256' };
  const keys = await globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey };
  const usage = kind === 'rsa'
    ? new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true)
    : new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [deviceId] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      usage,
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
  return {
    requestBase64: toBase64(new Uint8Array(request.rawData)),
    privateKeyPem: x509.PemConverter.encode(await globalThis.crypto.subtle.exportKey('pkcs8', keys.privateKey), x509.PemConverter.PrivateKeyTag),
    publicKeySpki: new Uint8Array(await globalThis.crypto.subtle.exportKey('spki', keys.publicKey)),
  };
}

/**
 * The certificate in PEM, after checking that it was issued for the key of the request.
 *
 * @throws {RecoveryError} `untrusted-payload`
 */
export async function acceptCertificate(der: Uint8Array<ArrayBuffer>, request: CertificateRequest): Promise<string> {
  const x509 = await loadX509();
  let certificate;
  try {
    certificate = new x509.X509Certificate(der);
  } catch (cause) {
    throw new RecoveryError('untrusted-payload', 'the server issued something that is no certificate', { cause });
  }
  if (toBase64(new Uint8Array(certificate.publicKey.rawData)) !== toBase64(request.publicKeySpki)) throw new RecoveryError('untrusted-payload', 'the server issued a certificate for another key');
  return certificate.toString('pem');
}

/** The library wants a global polyfill, so it is loaded when it is needed first: importing this package does nothing. */
async function loadX509(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
