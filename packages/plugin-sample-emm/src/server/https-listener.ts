import type { X509Certificate } from 'node:crypto';
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
   * The certificate that the client brought, and whose key it proved to hold; one object for as long as the connection lasts. Nothing else about it was checked:
   * whoever relies on it checks issuer, validity and revocation.
   */
  readonly clientCertificate: X509Certificate | undefined;
}

export interface HttpsListenerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly certificate: IssuedCertificate;
  /** Clients are asked for a certificate of this authority. Most have none, and are served all the same. */
  readonly clientAuthorityPem: string;
}

/** Connections that may wait until the server gets to them, when a whole fleet comes at once; the system may allow fewer. Those beyond are left to try again, or are cut. */
const maxWaitingConnections = 4_096;

/**
 * Serves `fetch` over HTTPS (TLS 1.2 and newer) once it resolves.
 *
 * @throws {RecoveryError} `failed-precondition` when the port cannot be had
 */
export async function listenHttps(fetch: (request: Request, peer: Peer) => Response | Promise<Response>, { host, port, certificate, clientAuthorityPem }: HttpsListenerSettings): Promise<HttpsListener> {
  const peers = new WeakMap<TLSSocket, Peer>();
  const answer = getRequestListener((request, { incoming }) => {
    const socket = incoming.socket as TLSSocket;
    const peer = peers.get(socket) ?? peerOf(socket);
    peers.set(socket, peer);
    return fetch(request, peer);
  });
  const server: Server = createServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false, ca: clientAuthorityPem },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  // Who a client is, is settled when its connection begins.
  server.on('secureConnection', (socket) => socket.disableRenegotiation());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new RecoveryError('failed-precondition', `cannot listen on ${host}:${port}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}`, { cause })));
    server.listen({ port, host, backlog: maxWaitingConnections }, resolve);
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

/** The certificate is read when somebody asks for it: few do. */
function peerOf(socket: TLSSocket): Peer {
  let read: { readonly certificate: X509Certificate | undefined } | undefined;
  return {
    get clientCertificate() {
      return (read ??= { certificate: socket.getPeerX509Certificate() }).certificate;
    },
  };
}
