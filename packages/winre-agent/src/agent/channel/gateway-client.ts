import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { RecoveryError, type Clock } from '@winre-kit/sdk';
import { errorFromReply, protocolLimits } from '../../protocol/index.ts';
import type { NetworkAdapter } from '../../platform/network-adapter.ts';
import { requireDates, verifyServerCertificate } from './verify-server-certificate.ts';
import { withDeadline } from './with-deadline.ts';

export interface GatewayRequest {
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** `application/json` when not given. */
  readonly contentType?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Requests to one gateway over TLS. */
export interface GatewayClient {
  /**
   * Sends one POST and reads the JSON answer.
   *
   * @throws {RecoveryError} what the gateway answered; `unauthenticated` (its certificate); `device-unreachable` or `deadline-exceeded` when no answer
   * came, with the request perhaps carried out; the signal's reason when aborted
   */
  post(path: string, request: GatewayRequest): Promise<unknown>;
  /** Judges the dates of the certificates seen so far. Call it once the gateway's signed time is known. @throws {RecoveryError} `unauthenticated` */
  requireValidAt(gatewayTimeMs: number): void;
  close(): void;
}

/** What a client is made with. */
export interface GatewayClientSettings {
  /** `https:` origin of the gateway. */
  readonly gatewayUrl: string;
  /** Only these authorities count, not those of the machine. */
  readonly caCertificatesPem: readonly string[];
  /** Every socket comes from here. */
  readonly network: NetworkAdapter;
  readonly clock: Clock;
}

export function createGatewayClient(settings: GatewayClientSettings): GatewayClient {
  const origin = new URL(settings.gatewayUrl);
  if (origin.protocol !== 'https:') throw new RecoveryError('invalid-config', `gatewayUrl: expected an https address, got ${origin.protocol}`, { fieldPath: 'gatewayUrl' });
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port || 443);
  const seen = new Map<string, X509Certificate>();
  const agent = new AdapterAgent(async () => {
    const socket = connect({ socket: settings.network.openSocket({ host, port }), minVersion: 'TLSv1.3', rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
        socket.once('close', () => reject(new RecoveryError('device-unreachable', `${origin.host} closed the connection`)));
      });
      const certificate = socket.getPeerX509Certificate();
      if (!certificate) throw new RecoveryError('unauthenticated', `${origin.host} shows no certificate`, { facts: { reason: 'server-certificate' } });
      verifyServerCertificate(certificate, settings.caCertificatesPem, host);
      seen.set(certificate.fingerprint256, certificate);
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  });

  return {
    async post(path, { body, headers, contentType = 'application/json', timeoutMs, signal }) {
      try {
        return await withDeadline(settings.clock, { deadlineMs: timeoutMs, signal, what: `gateway ${origin.host}${path}` }, async (limited) => {
          const reply = await exchange({ agent, host, port, path, method: 'POST', signal: limited, headers: { ...headers, 'content-type': contentType, 'content-length': body.byteLength } }, body);
          const json = parseJson(reply.text);
          if (reply.status >= 200 && reply.status < 300) return json;
          throw errorFromReply(reply.status, json);
        });
      } catch (error) {
        if (signal.aborted || RecoveryError.isInstance(error)) throw error;
        throw new RecoveryError('device-unreachable', `gateway ${origin.host} does not answer: ${(error as Error).message}`, { cause: error });
      }
    },
    requireValidAt(gatewayTimeMs) {
      for (const certificate of seen.values()) requireDates(certificate, gatewayTimeMs);
    },
    close: () => agent.destroy(),
  };
}

/** Takes its connections from one function, and hands them on only once they are trusted: nothing is sent before. */
class AdapterAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true });
    this.#open = open;
  }

  override createConnection(_options: RequestOptions, callback: (error: Error | null, stream: Duplex) => void): undefined {
    this.#open().then(
      (stream) => callback(null, stream),
      // The declared type asks for a stream also where there is none.
      (error: Error) => callback(error, undefined as never),
    );
  }
}

async function exchange(options: RequestOptions, body: Uint8Array): Promise<{ readonly status: number; readonly text: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const post = request(options, resolve);
    post.once('error', reject);
    post.end(body);
  });
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > protocolLimits.maxReplyBytes) {
      response.destroy();
      throw new RecoveryError('unavailable', `the gateway's answer is longer than ${protocolLimits.maxReplyBytes} bytes`);
    }
    pieces.push(piece);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
