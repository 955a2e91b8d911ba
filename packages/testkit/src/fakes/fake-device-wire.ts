import { canonicalJson, parseOrThrow, RecoveryError, utf8, type StatementSigner } from '@winre-kit/sdk';
import { errorFromReply, signChannelRequest } from '@winre-kit/winre-agent/protocol';
import type { z } from 'zod';

/** Posts JSON to a gateway, plain or over an open channel, and parses the reply. */
export interface FakeDeviceWire {
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema, signal?: AbortSignal): Promise<z.output<Schema>>;
  /** Every request takes the next sequence number. */
  postSigned<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema, signal?: AbortSignal): Promise<z.output<Schema>>;
  openChannel(channelId: string): void;
  closeChannel(): void;
  readonly channelId: string | undefined;
}

/** @param send takes a `Request`, so that a gateway's own `fetch` fits as well as a real one */
export function createFakeDeviceWire(send: (request: Request) => Promise<Response>, gatewayUrl: string, signer: () => Promise<StatementSigner>): FakeDeviceWire {
  let channel: { readonly id: string; sequence: number } | undefined;

  const exchange = async <Schema extends z.ZodType>(path: string, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>, schema: Schema, signal: AbortSignal | undefined): Promise<z.output<Schema>> => {
    const response = await send(new Request(new URL(path, gatewayUrl), { method: 'POST', body: bytes, headers: { 'content-type': 'application/json', ...headers }, ...(signal ? { signal } : {}) }));
    const text = await response.text();
    if (!response.ok) throw errorFromReply(response.status, jsonOf(text));
    return parseOrThrow(schema, jsonOf(text), `reply of the gateway to ${path}`, 'internal');
  };

  return {
    post: (path, body, schema, signal) => exchange(path, utf8(JSON.stringify(body)), {}, schema, signal),
    async postSigned(path, body, schema, signal) {
      if (!channel) throw new RecoveryError('session-lost', 'the fake device has no open channel: call hello first');
      channel.sequence += 1;
      const bytes = body instanceof Uint8Array ? new Uint8Array(body) : utf8(canonicalJson(body));
      const headers = await signChannelRequest(channel.id, channel.sequence, { method: 'POST', path, body: bytes }, await signer());
      return exchange(path, bytes, headers, schema, signal);
    },
    openChannel: (id) => void (channel = { id, sequence: 0 }),
    closeChannel: () => void (channel = undefined),
    get channelId() {
      return channel?.id;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
