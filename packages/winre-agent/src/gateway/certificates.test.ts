import { X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { instantAt, type Clock } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { issueCertificateAuthority, issueServerCertificate, type IssuedCertificate } from './certificates.ts';

// TLS judges validity by the real clock.
const clock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };

async function get(server: IssuedCertificate, pinnedCa: string, hostName: string): Promise<string> {
  const listening = createServer({ cert: server.certificatePem, key: server.privateKeyPem }, (_, response) => response.end('recovered'));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise<string>((resolve, reject) => {
      const { port } = listening.address() as AddressInfo;
      request({ host: '127.0.0.1', port, servername: hostName, ca: pinnedCa, agent: false }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (part: string) => (text += part)).on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
  } finally {
    listening.close();
  }
}

describe('certificates', () => {
  it('serve TLS to a client that pins the authority, and to no other', async () => {
    const authority = await issueCertificateAuthority({ commonName: 'Recovery CA', validForDays: 30 }, clock);
    const other = await issueCertificateAuthority({ commonName: 'Recovery CA', validForDays: 30 }, clock);
    const server = await issueServerCertificate({ authority, hostNames: ['gateway.example', '127.0.0.1'], validForDays: 7 }, clock);
    await expect(get(server, authority.certificatePem, 'gateway.example')).resolves.toBe('recovered');
    await expect(get(server, other.certificatePem, 'gateway.example')).rejects.toThrow(/certificate/);
    await expect(get(server, authority.certificatePem, 'another.example')).rejects.toThrow(/altnames/);
  });

  it('say who they are for and how long', async () => {
    const fixed: Clock = { ...clock, now: () => Date.UTC(2026, 10, 22) };
    const authority = await issueCertificateAuthority({ commonName: 'CA', validForDays: 30 }, fixed);
    const server = new X509Certificate((await issueServerCertificate({ authority, hostNames: ['a.example', '10.0.0.1', '::1'], validForDays: 7 }, fixed)).certificatePem);
    expect(instantAt(Date.parse(server.validTo))).toBe('2026-11-29T00:00:00.000Z');
    expect(server.checkHost('a.example')).toBe('a.example');
    expect(server.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(server.checkIP('::1')).toBe('::1');
    expect(server.ca).toBe(false);
    expect(new X509Certificate(authority.certificatePem).ca).toBe(true);
    expect(server.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
  });

  it('name what is wrong with a request', async () => {
    const authority = await issueCertificateAuthority({ commonName: 'CA', validForDays: 1 }, clock);
    await expect(issueServerCertificate({ authority, hostNames: [], validForDays: 1 }, clock)).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'hostNames' });
    await expect(issueServerCertificate({ authority: { ...authority, privateKeyPem: 'nonsense' }, hostNames: ['a'], validForDays: 1 }, clock)).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'authority' });
  });
});
