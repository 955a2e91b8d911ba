import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:tls';
import type { Duplex } from 'node:stream';
import { RecoveryError, type Clock } from '@winre-kit/sdk';
import { errorFromReply, protocolLimits } from '../../protocol/index.ts';
import type { NetworkAdapter } from '../../platform/network-adapter.ts';
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
   * @throws {RecoveryError} what the gateway answered; `device-unreachable` or `deadline-exceeded` when no answer came, with the request perhaps
   * carried out; the signal's reason when aborted
   */
  post(path: string, request: GatewayRequest): Promise<unknown>;
  close(): void;
}

/**
 * Only the pinned authorities count, not those of the machine, and every socket comes from the network adapter.
 *
 * @param gatewayUrl `https:` origin of the gateway
 */
export function createGatewayClient(settings: { readonly gatewayUrl: string; readonly caCertificatesPem: readonly string[]; readonly network: NetworkAdapter; readonly clock: Clock }): GatewayClient {
  const origin = new URL(settings.gatewayUrl);
  if (origin.protocol !== 'https:') throw new RecoveryError('invalid-config', `gatewayUrl: expected an https address, got ${origin.protocol}`, { fieldPath: 'gatewayUrl' });
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port || 443);
  const agent = new AdapterAgent(() => connect({ socket: settings.network.openSocket({ host, port }), host, ca: [...settings.caCertificatesPem], minVersion: 'TLSv1.3', ...(isAddress(host) ? {} : { servername: host }) }));

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
    close: () => agent.destroy(),
  };
}

/** Takes its connections from one function. */
class AdapterAgent extends Agent {
  readonly #open: () => Duplex;

  constructor(open: () => Duplex) {
    super({ keepAlive: true });
    this.#open = open;
  }

  override createConnection(): Duplex {
    return this.#open();
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

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
