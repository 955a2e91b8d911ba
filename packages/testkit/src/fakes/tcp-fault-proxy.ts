import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What shall happen to a connection. The proxy sees bytes only, so it works on TLS as well. */
export type TcpFault =
  /** The next new connection is reset before a byte flows. */
  | { readonly kind: 'refuse' }
  /** The server gets exactly `afterBytes` more bytes from the client of one connection, then both ends are cut. 0 cuts at the client's next byte. */
  | { readonly kind: 'cut-request'; readonly afterBytes: number }
  /**
   * The server gets all of a request, and the client is cut when `replyBytes` of the reply (default 1) have come; none of them is passed on. A request is what
   * a client sends without hearing from the server in between; `requestBytes` (default 1) is how long it must at least be, so that TLS handshakes and
   * small requests can be let through. `afterHandshake` leaves out what a client
   * sends first on a connection, which is the ClientHello of TLS. With `holdUntil` the reply is held back, and cut once that resolves or rejects.
   */
  | { readonly kind: 'cut-reply'; readonly requestBytes?: number; readonly replyBytes?: number; readonly afterHandshake?: boolean; readonly holdUntil?: () => Promise<unknown> };

/** What happened to one connection. */
export interface TcpProxyEvent {
  /** Counts connections from 1. */
  readonly connection: number;
  readonly what: 'opened' | 'refused' | 'request-cut' | 'reply-cut' | 'closed';
  readonly clientBytes: number;
  readonly serverBytes: number;
}

/** A running proxy. */
export interface TcpFaultProxy extends AsyncDisposable {
  readonly port: number;
  readonly log: readonly TcpProxyEvent[];
  /** Strikes the first connection it fits, once. Connections that are open already count too. Resolves when it has struck. */
  arm(fault: TcpFault): Promise<TcpProxyEvent>;
  close(): Promise<void>;
}

/** Where the proxy listens and where it leads. */
export interface TcpFaultProxySettings {
  readonly upstreamPort: number;
  readonly upstreamHost?: string;
  /** Default: any free one. */
  readonly port?: number;
}

interface Armed {
  readonly fault: TcpFault;
  struck(event: TcpProxyEvent): void;
}

/** A TCP proxy on 127.0.0.1 that passes everything on until a fault is armed. */
export async function startTcpFaultProxy({ upstreamPort, upstreamHost = '127.0.0.1', port = 0 }: TcpFaultProxySettings): Promise<TcpFaultProxy> {
  const log: TcpProxyEvent[] = [];
  const armed: Armed[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const findArmed = <Kind extends TcpFault['kind']>(kind: Kind, fits: (fault: Extract<TcpFault, { kind: Kind }>) => boolean = () => true): Armed | undefined =>
    armed.find(({ fault }) => fault.kind === kind && fits(fault as Extract<TcpFault, { kind: Kind }>));
  const strike = (entry: Armed, event: TcpProxyEvent): void => {
    const place = armed.indexOf(entry);
    if (place >= 0) armed.splice(place, 1);
    log.push(event);
    entry.struck(event);
  };
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // Errors end in 'close', which is where the proxy acts.
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    return socket;
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const connection = connections;
    let clientBytes = 0;
    let serverBytes = 0;
    const eventOf = (what: TcpProxyEvent['what']): TcpProxyEvent => ({ connection, what, clientBytes, serverBytes });
    keep(client);
    const refusal = findArmed('refuse');
    if (refusal) {
      strike(refusal, eventOf('refused'));
      client.resetAndDestroy();
      return;
    }
    log.push(eventOf('opened'));
    const upstream = keep(connect({ port: upstreamPort, host: upstreamHost, allowHalfOpen: true }));
    let requestBytes = 0;
    let replyBytes = 0;
    let cutRequest: { entry: Armed; leftBytes: number } | undefined;
    let isHeld = false;
    let isFirstRequest = true;

    client.on('data', (chunk: Buffer) => {
      const entry = cutRequest?.entry ?? findArmed('cut-request');
      if (entry?.fault.kind === 'cut-request' && armed.includes(entry)) cutRequest ??= { entry, leftBytes: entry.fault.afterBytes };
      if (cutRequest && armed.includes(cutRequest.entry) && chunk.length > cutRequest.leftBytes) {
        const passed = chunk.subarray(0, cutRequest.leftBytes);
        clientBytes += passed.length;
        upstream.end(passed);
        strike(cutRequest.entry, eventOf('request-cut'));
        client.resetAndDestroy();
        return;
      }
      if (cutRequest) cutRequest.leftBytes -= chunk.length;
      if (replyBytes > 0) {
        requestBytes = replyBytes = 0;
        isFirstRequest = false;
      }
      clientBytes += chunk.length;
      requestBytes += chunk.length;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      serverBytes += chunk.length;
      replyBytes += chunk.length;
      if (isHeld) return;
      const entry = findArmed('cut-reply', (fault) => requestBytes >= (fault.requestBytes ?? 1) && !(fault.afterHandshake === true && isFirstRequest));
      if (entry?.fault.kind !== 'cut-reply') {
        if (!client.destroyed) client.write(chunk);
        return;
      }
      if (replyBytes < (entry.fault.replyBytes ?? 1)) return;
      const cut = (): void => {
        strike(entry, eventOf('reply-cut'));
        client.resetAndDestroy();
        // An orderly end, no reset: a reset could throw away what the server has not read yet.
        upstream.end();
      };
      const { holdUntil } = entry.fault;
      if (!holdUntil) return cut();
      isHeld = true;
      armed.splice(armed.indexOf(entry), 1);
      holdUntil().then(cut, cut);
    });
    client.once('end', () => upstream.end());
    // A held reply stays held when the server has said all of it and gone.
    upstream.once('end', () => void (isHeld || client.end()));
    upstream.once('close', () => void (isHeld || client.destroy()));
    client.once('close', () => {
      log.push(eventOf('closed'));
      upstream.end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    log,
    arm: (fault) => new Promise((resolve) => void armed.push({ fault, struck: resolve })),
    close,
    [Symbol.asyncDispose]: close,
  };
}
