import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RecoveryError } from '@winre-kit/sdk';
import { controlRoot, runControl } from './control/run-control.ts';
import type { ScriptedTenant } from './scripted-tenant.ts';

/** Graph takes no longer body. */
const maxBodyBytes = 4 * 1024 * 1024;

/** A tenant that listens. */
export interface RunningTenant extends AsyncDisposable {
  readonly port: number;
  /** `http://host:port`, in place of `https://graph.microsoft.com`. */
  readonly url: string;
  /** Breaks what is open and stops. May be called twice. */
  close(): Promise<void>;
}

/**
 * Serves a tenant over HTTP: Graph below `/v1.0` and `/beta`, the control API below `/_script`. Where a fault cuts the connection, the socket is reset.
 *
 * For tests only: plain HTTP, and whoever reaches it controls it. `port` 0, the default, takes a free one; `host` is loopback unless given.
 *
 * @throws {RecoveryError} `failed-precondition` when it cannot listen there
 */
export async function startScriptedTenant(tenant: ScriptedTenant, { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {}): Promise<RunningTenant> {
  const server = createServer((incoming, outgoing) => void serve(tenant, incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new RecoveryError('failed-precondition', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return { port: taken, url: `http://${host}:${taken}`, close, [Symbol.asyncDispose]: close };
}

async function serve(tenant: ScriptedTenant, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const body = await readBody(incoming);
    if (body === undefined) {
      outgoing.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const request = requestOf(incoming, body);
    const response = new URL(request.url).pathname.startsWith(controlRoot) ? await runControl(tenant, request) : await tenant.answer(request);
    if (response.type === 'error') {
      incoming.socket.resetAndDestroy();
      return;
    }
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    // A client that went away, or a fault of the tenant itself: either way there is nobody to tell more.
    if (outgoing.headersSent) incoming.socket.destroy();
    else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
}

function requestOf(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>): Request {
  const { method = 'GET', url = '/', headers } = incoming;
  const isBodiless = method === 'GET' || method === 'HEAD';
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]]));
  return new Request(`http://${headers.host ?? 'localhost'}${url}`, { method, headers: pairs, ...(isBodiless ? {} : { body }) });
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
