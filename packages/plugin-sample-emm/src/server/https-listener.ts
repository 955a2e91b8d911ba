import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { RecoveryError } from '@winre-kit/sdk';
import type { IssuedCertificate } from '@winre-kit/winre-agent/gateway';

export interface HttpsListener {
  readonly port: number;
  /** Takes no new connection, gives running answers a moment to end, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** What is known of whoever sends a request. */
export interface Peer {
  /**
   * The certificate that the client brought, in DER, and whose key it proved to hold. Nothing else about it was checked: whoever relies on it checks
   * issuer, validity and revocation.
   */
  readonly clientCertificate: Uint8Array | undefined;
}

export interface HttpsListenerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly certificate: IssuedCertificate;
  /** Clients are asked for a certificate of this authority. Most have none, and are served all the same. */
  readonly clientAuthorityPem: string;
}

/**
 * Serves `fetch` over HTTPS (TLS 1.2 and newer) once it resolves.
 *
 * @throws {RecoveryError} `failed-precondition` when the port cannot be had
 */
export async function listenHttps(fetch: (request: Request, peer: Peer) => Response | Promise<Response>, { host, port, certificate, clientAuthorityPem }: HttpsListenerSettings): Promise<HttpsListener> {
  const answer = getRequestListener((request, { incoming }) => fetch(request, peerOf(incoming.socket as TLSSocket)));
  const server: Server = createServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false, ca: clientAuthorityPem },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new RecoveryError('failed-precondition', `cannot listen on ${host}:${port}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`, { cause })));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function peerOf(socket: TLSSocket): Peer {
  return {
    get clientCertificate() {
      return socket.getPeerX509Certificate()?.raw;
    },
  };
}
