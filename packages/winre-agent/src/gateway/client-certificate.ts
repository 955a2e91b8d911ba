import type * as X509 from '@peculiar/x509';
import { RecoveryError, toBase64, type Clock } from '@winre-kit/sdk';
import { loadX509, readAuthority, signingAlgorithm, validity, type IssuedCertificate } from './certificates.ts';

/** What a PKCS #10 request asks a certificate for: the key that signed it. Subject and extensions of the request are not looked at. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo in base64. */
  readonly publicKeySpki: string;
}

/** A certificate for a client that asked with a PKCS #10 request. */
export interface ClientCertificateRequest {
  readonly authority: IssuedCertificate;
  /** The request in DER. */
  readonly requestDer: Uint8Array<ArrayBuffer>;
  /** The client's name by the authority's word. */
  readonly commonName: string;
  readonly validForDays: number;
}

const minimalRsaBits = 2_048;
const curves = new Set(['P-256', 'P-384']);

/**
 * Checks that a request is whole, that whoever made it holds the key in it, and that the key is a strong one (RSA of 2048 bits, P-256, P-384).
 *
 * @throws {RecoveryError} `invalid-argument`, `facts.reason` `unreadable-request`, `bad-signature` or `weak-key`
 */
export async function readCertificateRequest(requestDer: Uint8Array<ArrayBuffer>): Promise<CertificateRequest> {
  const request = await readRequest(await loadX509(), requestDer);
  return { publicKeySpki: toBase64(new Uint8Array(request.publicKey.rawData)) };
}

/**
 * Makes the certificate of a TLS client: its key from the request, its name from the authority.
 *
 * @returns the certificate in PEM
 * @throws {RecoveryError} `invalid-argument` as `readCertificateRequest` does, or when the authority's PEM cannot be read
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mde2 for the enrolment that asks so
 */
export async function issueClientCertificate(request: ClientCertificateRequest, clock: Clock): Promise<string> {
  const x509 = await loadX509();
  const { publicKey } = await readRequest(x509, request.requestDer);
  const { issuer, signingKey } = await readAuthority(x509, request.authority);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [request.commonName] }],
    issuer: issuer.subject,
    publicKey,
    signingKey,
    signingAlgorithm,
    ...validity(clock, request.validForDays),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return certificate.toString('pem');
}

async function readRequest(x509: typeof X509, der: Uint8Array<ArrayBuffer>): Promise<X509.Pkcs10CertificateRequest> {
  let request: X509.Pkcs10CertificateRequest;
  try {
    request = new x509.Pkcs10CertificateRequest(der);
  } catch (cause) {
    throw refused('unreadable-request', 'expected a PKCS #10 request in DER', cause);
  }
  const { algorithm } = request.publicKey as { readonly algorithm: object };
  if (!isStrong(algorithm)) throw refused('weak-key', `expected an RSA key of ${minimalRsaBits} bits or more, or one on ${[...curves].join(' or ')}`);
  const isSigned = await request.verify().catch(() => false);
  if (!isSigned) throw refused('bad-signature', 'it is not signed by the key in it, or was altered since');
  return request;
}

function isStrong(algorithm: object): boolean {
  const { modulusLength, namedCurve } = algorithm as { readonly modulusLength?: number; readonly namedCurve?: string };
  return (modulusLength !== undefined && modulusLength >= minimalRsaBits) || (namedCurve !== undefined && curves.has(namedCurve));
}

function refused(reason: string, message: string, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-argument', `certificate request: ${message}`, { fieldPath: 'requestDer', facts: { reason }, ...(cause !== undefined && { cause }) });
}
