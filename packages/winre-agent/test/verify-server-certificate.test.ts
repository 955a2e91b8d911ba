import { X509Certificate } from 'node:crypto';
import { createManualClock } from '@winre-kit/testkit';
import { beforeAll, expect, test } from 'vitest';
import { issueCertificateAuthority, issueServerCertificate, type IssuedCertificate } from '../src/gateway/index.ts';
import { requireDates, verifyServerCertificate } from '../src/agent/channel/verify-server-certificate.ts';

const clock = createManualClock();
let authority: IssuedCertificate;
let namesake: IssuedCertificate;
let server: X509Certificate;
beforeAll(async () => {
  authority = await issueCertificateAuthority({ commonName: 'EMM', validForDays: 30 }, clock);
  namesake = await issueCertificateAuthority({ commonName: 'EMM', validForDays: 30 }, clock);
  server = new X509Certificate((await issueServerCertificate({ authority, hostNames: ['gateway.example', '127.0.0.1'], validForDays: 7 }, clock)).certificatePem);
});
const refusal = (text: string): unknown => expect.objectContaining({ code: 'unauthenticated', message: expect.stringContaining(text) });

test('a server of the pinned authority is accepted by the names in its certificate', () => {
  for (const host of ['gateway.example', '127.0.0.1']) expect(() => verifyServerCertificate(server, [namesake.certificatePem, authority.certificatePem], host)).not.toThrow();
  for (const host of ['other.example', '127.0.0.2']) expect(() => verifyServerCertificate(server, [authority.certificatePem], host)).toThrow(refusal('other hosts'));
});

test('an authority of the same name is another authority', () => {
  expect(() => verifyServerCertificate(server, [namesake.certificatePem], 'gateway.example')).toThrow(refusal('pins'));
  expect(() => verifyServerCertificate(server, [], 'gateway.example')).toThrow(refusal('pins'));
});

test('a certificate that was altered after it was issued is refused', () => {
  const bytes = Buffer.from(server.raw);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  expect(() => verifyServerCertificate(new X509Certificate(bytes), [authority.certificatePem], 'gateway.example')).toThrow(refusal('pins'));
});

test('an authority is no server', () => {
  expect(() => verifyServerCertificate(new X509Certificate(authority.certificatePem), [authority.certificatePem], 'EMM')).toThrow(refusal('an authority'));
});

test('dates are judged by the time that is given', () => {
  const day = 86_400_000;
  expect(() => requireDates(server, clock.now())).not.toThrow();
  for (const offset of [-3 * day, 8 * day]) expect(() => requireDates(server, clock.now() + offset)).toThrow(refusal('is valid from'));
});
