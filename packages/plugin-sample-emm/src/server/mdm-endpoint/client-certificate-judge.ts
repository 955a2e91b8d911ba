import { X509Certificate } from 'node:crypto';
import type { MdmCertificate } from '../store/mdm-certificate-store.ts';

/** Why a client is not let in. For log and tests; whoever is refused is told nothing of it. */
export type CertificateRefusal = 'no-certificate' | 'foreign-issuer' | 'not-for-clients' | 'not-valid-now' | 'never-issued' | 'revoked' | 'device-revoked';

export type CertificateVerdict = { readonly enrolled: MdmCertificate } | { readonly enrolled?: undefined; readonly refusal: CertificateRefusal };

/** What judgements are made from. */
export interface CertificateFacts {
  readonly authorityPem: string;
  /** The certificate of this thumbprint as it was issued. */
  readonly find: (thumbprint: string) => MdmCertificate | undefined;
  /** Whether the device's tenant has revoked the device. */
  readonly isDeviceRevoked: (issued: MdmCertificate) => boolean | Promise<boolean>;
}

/** @param certificate whose key the client has proven to hold; TLS did that */
export type ClientCertificateJudge = (certificate: X509Certificate | undefined, nowMs: number) => Promise<CertificateVerdict>;

/**
 * Says who a client is, by the certificate it brought: signed by this authority, for clients, valid now, issued here and not revoked, its device not revoked.
 * Every one of these must hold, though the record of issue alone would name the device. What cannot change is judged once for each certificate object, which
 * lasts as long as its connection; everything else each time.
 */
export function createClientCertificateJudge({ authorityPem, find, isDeviceRevoked }: CertificateFacts): ClientCertificateJudge {
  const authority = new X509Certificate(authorityPem);
  const kinds = new WeakMap<X509Certificate, CertificateKind>();
  const kindOf = (certificate: X509Certificate): CertificateKind => {
    const kind = kinds.get(certificate) ?? readKind(certificate, authority);
    kinds.set(certificate, kind);
    return kind;
  };
  return async (certificate, nowMs) => {
    if (certificate === undefined) return { refusal: 'no-certificate' };
    const kind = kindOf(certificate);
    if (kind.refusal) return { refusal: kind.refusal };
    if (nowMs < kind.validFromMs || nowMs > kind.validToMs) return { refusal: 'not-valid-now' };
    const issued = find(kind.thumbprint);
    if (!issued) return { refusal: 'never-issued' };
    if (issued.revokedAt !== null) return { refusal: 'revoked' };
    if (await isDeviceRevoked(issued)) return { refusal: 'device-revoked' };
    return { enrolled: issued };
  };
}

/** What never changes about a certificate. */
interface CertificateKind {
  readonly refusal?: CertificateRefusal;
  readonly thumbprint: string;
  readonly validFromMs: number;
  readonly validToMs: number;
}

function readKind(certificate: X509Certificate, authority: X509Certificate): CertificateKind {
  const facts = { thumbprint: thumbprintOf(certificate), validFromMs: Date.parse(certificate.validFrom), validToMs: Date.parse(certificate.validTo) };
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return { ...facts, refusal: 'foreign-issuer' };
  if (certificate.ca || !certificate.keyUsage?.includes(clientAuthentication)) return { ...facts, refusal: 'not-for-clients' };
  return facts;
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** SHA-256 of the certificate in DER, in lower-case hexadecimal digits: the key of its record. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
