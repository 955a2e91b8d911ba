import type * as X509 from '@peculiar/x509';
import { RecoveryError, type Clock } from '@winre-kit/sdk';

/** A certificate with its private key. `privateKeyPem` is a secret. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
}

/** A new authority: its name and how long it is valid. */
export interface CertificateAuthorityRequest {
  readonly commonName: string;
  readonly validForDays: number;
}

/** A certificate for a server: its names and how long it is valid. */
export interface ServerCertificateRequest {
  readonly authority: IssuedCertificate;
  /** DNS names and IP addresses that clients connect to. */
  readonly hostNames: readonly string[];
  readonly validForDays: number;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** How an authority signs. */
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** Clocks of devices in WinRE are often behind. */
const backdatedMs = 24 * 3_600_000;

/** Loads the library when it is first needed: it wants a global polyfill, and importing this package must do nothing. */
export async function loadX509(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** Makes a certificate authority of one's own, for devices to pin. ECDSA P-256. */
export async function issueCertificateAuthority(request: CertificateAuthorityRequest, clock: Clock): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [request.commonName] }],
    keys,
    signingAlgorithm,
    ...validity(clock, request.validForDays),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await privateKeyPem(x509, keys.privateKey) };
}

/**
 * Makes the certificate of a TLS server.
 *
 * @throws {RecoveryError} `invalid-argument` without host names, or when the authority's PEM cannot be read
 */
export async function issueServerCertificate(request: ServerCertificateRequest, clock: Clock): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const [commonName] = request.hostNames;
  if (commonName === undefined) throw new RecoveryError('invalid-argument', 'hostNames: expected at least one DNS name or IP address', { fieldPath: 'hostNames' });
  const { issuer, signingKey } = await readAuthority(x509, request.authority);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm,
    ...validity(clock, request.validForDays),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(request.hostNames.map((value) => ({ type: isIpAddress(value) ? 'ip' : 'dns', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await privateKeyPem(x509, keys.privateKey) };
}

async function generateKeys(): Promise<{ readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }> {
  return globalThis.crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

/** From a day ago until `days` from now. */
export function validity(clock: Clock, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(clock.now() - backdatedMs), notAfter: new Date(clock.now() + days * 86_400_000) };
}

async function privateKeyPem(x509: typeof X509, key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await globalThis.crypto.subtle.exportKey('pkcs8', key), x509.PemConverter.PrivateKeyTag);
}

/** @throws {RecoveryError} `invalid-argument` when the PEM cannot be read */
export async function readAuthority(x509: typeof X509, authority: IssuedCertificate): Promise<{ readonly issuer: X509.X509Certificate; readonly signingKey: CryptoKey }> {
  try {
    const issuer = new x509.X509Certificate(authority.certificatePem);
    const signingKey = await globalThis.crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.privateKeyPem), keyAlgorithm, false, ['sign']);
    return { issuer, signingKey };
  } catch (cause) {
    throw new RecoveryError('invalid-argument', 'authority: expected a certificate and an ECDSA P-256 key in PEM', { cause, fieldPath: 'authority' });
  }
}

function isIpAddress(hostName: string): boolean {
  return hostName.includes(':') || /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(hostName);
}
