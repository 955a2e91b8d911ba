import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { instantAt, RecoveryError } from '@winre-kit/sdk';

const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/**
 * Checks that a server may speak for a host: its certificate was issued by one of the pinned authorities itself and names the host.
 *
 * Dates are not looked at: clocks in WinRE are often years off, and a device that trusts its clock would lock itself out. They are judged by
 * {@link requireDates} as soon as the gateway's signed time is known.
 *
 * @throws {RecoveryError} `unauthenticated`, saying what is wrong with the certificate
 */
export function verifyServerCertificate(certificate: X509Certificate, caCertificatesPem: readonly string[], host: string): void {
  const refuse = (message: string): RecoveryError => new RecoveryError('unauthenticated', `the certificate of ${host} ${message}`, { facts: { reason: 'server-certificate' } });
  const authorities = caCertificatesPem.flatMap((pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
  const issuer = authorities.find((authority) => authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  if (!issuer) throw refuse('was not issued by an authority that this device pins');
  if (certificate.ca) throw refuse('is an authority, not a server');
  if (certificate.keyUsage !== undefined && !certificate.keyUsage.includes(serverAuthentication)) throw refuse('is not meant for servers');
  const named = isIP(host) === 0 ? certificate.checkHost(host, { subject: 'never' }) : certificate.checkIP(host);
  if (named === undefined) throw refuse('names other hosts');
}

/** @throws {RecoveryError} `unauthenticated` when the certificate is not valid at that time, by the gateway's clock */
export function requireDates(certificate: X509Certificate, gatewayTimeMs: number): void {
  const { validFromDate, validToDate } = certificate;
  if (validFromDate.getTime() <= gatewayTimeMs && gatewayTimeMs <= validToDate.getTime()) return;
  throw new RecoveryError('unauthenticated', `the gateway's certificate is valid from ${validFromDate.toISOString()} to ${validToDate.toISOString()}, and it is ${instantAt(gatewayTimeMs)}`, { facts: { reason: 'server-certificate' } });
}
