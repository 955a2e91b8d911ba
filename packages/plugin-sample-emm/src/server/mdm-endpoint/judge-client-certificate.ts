import { X509Certificate } from 'node:crypto';
import type { MdmCertificate } from '../store/mdm-certificate-store.ts';

/** Why a client is not let in. For log and tests; whoever is refused is told nothing of it. */
export type CertificateRefusal = 'no-certificate' | 'unreadable' | 'foreign-issuer' | 'not-for-clients' | 'not-valid-now' | 'never-issued' | 'revoked' | 'device-revoked';

export type CertificateVerdict = { readonly enrolled: MdmCertificate } | { readonly enrolled?: undefined; readonly refusal: CertificateRefusal };

/** What a judgement needs to know. */
export interface CertificateFacts {
  /** In DER; TLS has proven that the client holds its key. */
  readonly clientCertificate: Uint8Array | undefined;
  readonly authority: X509Certificate;
  /** The certificate of this thumbprint as it was issued. */
  readonly find: (thumbprint: string) => MdmCertificate | undefined;
  /** Whether the device's tenant has revoked the device. */
  readonly isDeviceRevoked: (issued: MdmCertificate) => boolean | Promise<boolean>;
  readonly nowMs: number;
}

/**
 * Who a client is, by the certificate it brought: signed by this authority, for clients, valid now, issued here and not revoked, its device not revoked.
 * Every one of these must hold, though the record of issue alone would name the device.
 */
export async function judgeClientCertificate({ clientCertificate, authority, find, isDeviceRevoked, nowMs }: CertificateFacts): Promise<CertificateVerdict> {
  if (clientCertificate === undefined) return { refusal: 'no-certificate' };
  const certificate = readCertificate(clientCertificate);
  if (!certificate) return { refusal: 'unreadable' };
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return { refusal: 'foreign-issuer' };
  if (certificate.ca || !certificate.keyUsage?.includes(clientAuthentication)) return { refusal: 'not-for-clients' };
  if (nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)) return { refusal: 'not-valid-now' };
  const issued = find(thumbprintOf(certificate));
  if (!issued) return { refusal: 'never-issued' };
  if (issued.revokedAt !== null) return { refusal: 'revoked' };
  if (await isDeviceRevoked(issued)) return { refusal: 'device-revoked' };
  return { enrolled: issued };
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** SHA-256 of the certificate in DER, in lower-case hexadecimal digits: the key of its record. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function readCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
