import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueCertificateAuthority, issueServerCertificate } from '@winre-kit/winre-agent/gateway';

export interface LoopbackServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly authorityPem: string;
}

/** A real HTTPS server on 127.0.0.1 with a certificate of an authority made for it. */
export async function startLoopbackServer(listener: RequestListener): Promise<LoopbackServer> {
  // TLS judges validity by the machine's clock, so the certificate has to be made by it as well.
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now(), sleep: () => Promise.resolve() };
  const authority = await issueCertificateAuthority({ commonName: 'testkit', validForDays: 2 }, clock);
  const certificate = await issueServerCertificate({ authority, hostNames: ['127.0.0.1'], validForDays: 2 }, clock);
  const server = createServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    authorityPem: authority.certificatePem,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
