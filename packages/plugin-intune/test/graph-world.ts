import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallContext, Clock, HttpClient, IdSource } from '@winre-kit/sdk';
import { createTokenCache } from '@winre-kit/sdk/plugin-kit';
import { createMockHost, type MockHost, type MockSecret } from '@winre-kit/testkit';
import { createGraphClient, type GraphClient } from '../src/plugin/graph/graph-client.ts';
import { graphClouds } from '../src/plugin/graph/graph-clouds.table.ts';

export const call: CallContext = { signal: new AbortController().signal, correlationId: 'correlation-1' };

/** Time that passes at once while somebody waits for Graph, and not at all while a reply is awaited: a call's own limit of 30 s never strikes. */
export interface HurriedClock extends Clock {
  /** How long each wait would have been. */
  readonly waits: readonly number[];
}

function createHurriedClock(startMs = Date.UTC(2026, 10, 22, 3)): HurriedClock {
  let elapsedMs = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep(ms, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        if (ms === 30_000) return undefined;
        waits.push(ms);
        elapsedMs += ms;
        setImmediate(resolve);
        return undefined;
      });
    },
  };
}

/** A client with a host in memory; `fetch` in place of the network when given. */
export function createGraphWorld({ fetch, graphOrigin = graphClouds.global.graphOrigin, token = 'token-value-1', ids }: { readonly fetch?: HttpClient['fetch']; readonly graphOrigin?: string; readonly token?: MockSecret; readonly ids?: IdSource }): {
  readonly client: GraphClient; readonly host: MockHost; readonly clock: HurriedClock;
} {
  const clock = createHurriedClock();
  const host = createMockHost({ secrets: { graph: token }, overrides: { clock, ...(ids ? { ids } : {}) }, ...(fetch ? { fetch } : {}) });
  const cache = createTokenCache(host.services, { secret: 'graph' });
  return { host, clock, client: createGraphClient({ cloud: { ...graphClouds.global, graphOrigin }, token: cache, services: host.services }) };
}

/** Graph as a real server that answers as told; `received` counts what arrived. */
export async function startGraphServer(answer: (request: IncomingMessage, response: ServerResponse, body: string, origin: string) => void): Promise<AsyncDisposable & { readonly origin: string; received(): number }> {
  let received = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received += 1;
      answer(request, response, Buffer.concat(parts).toString('utf8'), origin);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

