import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { HttpClient } from '@winre-kit/sdk';

type FetchFunction = HttpClient['fetch'];

/**
 * A real `fetch` that trusts the given CA certificates (PEM) and no others, or those of Node when none are given; each request has a connection of its own.
 * It follows no redirect and unpacks no encoding; requests fail with a `TypeError` whose `cause` is the socket's error, as with `fetch`.
 */
export function createFetchWithTrust(certificateAuthoritiesPem?: string): FetchFunction {
  return async (url, init) => {
    const request = new Request(url, { ...init, ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}) });
    request.signal.throwIfAborted();
    const body = new Uint8Array(await request.arrayBuffer());
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = new URL(request.url).protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send(request.url, {
        method: request.method,
        headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) },
        agent: false,
        ...(certificateAuthoritiesPem === undefined ? {} : { ca: certificateAuthoritiesPem }),
      });
      const onAbort = (): void => void outgoing.destroy(request.signal.reason as Error);
      request.signal.addEventListener('abort', onAbort, { once: true });
      outgoing.once('close', () => request.signal.removeEventListener('abort', onAbort));
      outgoing.once('response', resolve);
      outgoing.once('error', (cause) => reject(request.signal.aborted ? (request.signal.reason as Error) : new TypeError('fetch failed', { cause })));
      outgoing.end(body);
    });
    const headers = new Headers();
    for (const [name, values] of Object.entries(incoming.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
    const hasNoBody = [204, 205, 304].includes(incoming.statusCode ?? 0) || request.method === 'HEAD';
    if (hasNoBody) incoming.resume();
    const stream = hasNoBody ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
    return new Response(stream, { status: incoming.statusCode ?? 502, statusText: incoming.statusMessage ?? '', headers });
  };
}
