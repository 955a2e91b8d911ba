import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A vendor on loopback HTTP that acts once per operation key and counts. It outlives the hosts that talk to it. */
export interface TinyVendor extends AsyncDisposable {
  readonly url: string;
  /** How often a device acted, by operation key. */
  readonly effects: ReadonlyMap<string, number>;
  /** How often a request to act arrived. */
  readonly requests: number;
  /** While true, requests act but are never answered. */
  holdReplies: boolean;
  /** Resolves when the next request to act has arrived and acted. */
  nextRequest(): Promise<void>;
}

export async function startTinyVendor(): Promise<TinyVendor> {
  const effects = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    const key = decodeURIComponent((request.url ?? '').slice(1));
    const answer = (): void => {
      const acted = effects.has(key);
      response.writeHead(acted ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ vendorRef: `tiny-${key}`, state: 'succeeded', rawState: 'done', observedAt: new Date().toISOString(), evidence: { kind: 'seen', observedAt: new Date().toISOString(), source: 'vendor', detail: null } }));
    };
    if (request.method === 'GET') return answer();
    requests += 1;
    // No idempotency on purpose: a second request is a second effect.
    effects.set(key, (effects.get(key) ?? 0) + 1);
    for (const wake of waiting.splice(0)) wake();
    if (!vendor.holdReplies) answer();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const vendor: TinyVendor = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    get requests() {
      return requests;
    },
    holdReplies: false,
    nextRequest: () => new Promise((resolve) => void waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return vendor;
}
