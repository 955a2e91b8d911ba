import { createServer, type Server } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { RecoveryError } from '@winre-kit/sdk';
import type { IssuedCertificate } from '@winre-kit/winre-agent/gateway';

export interface HttpsListener {
  readonly port: number;
  /** Takes no new connection, gives running answers a moment to end, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves `fetch` over HTTPS (TLS 1.2 and newer) once it resolves.
 *
 * @param port 0 takes a free one
 * @throws {RecoveryError} `failed-precondition` when the port cannot be had
 */
export async function listenHttps(fetch: (request: Request) => Response | Promise<Response>, { host, port, certificate }: { readonly host: string; readonly port: number; readonly certificate: IssuedCertificate }): Promise<HttpsListener> {
  const answer = getRequestListener(fetch);
  const server: Server = createServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem, minVersion: 'TLSv1.2' }, (incoming, outgoing) => void answer(incoming, outgoing));
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
