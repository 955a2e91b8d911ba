import { request as forwardTo, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Server } from './s3-server.ts';

/** What becomes of one request: passed on when nothing is said. */
export interface GateVerdict {
  /** Answer it here, and do not pass it on. */
  readonly answer?: { readonly status: number; readonly code: string };
  /** Pass it on, and close the connection instead of passing the answer back. */
  readonly loseAnswer?: boolean;
  /** Pass back only so many bytes of the body, then close the connection. */
  readonly cutBodyAt?: number;
  /** Neither pass it on nor answer. */
  readonly hang?: boolean;
  /** Change headers of the request, or drop them. */
  readonly requestHeaders?: Readonly<Record<string, string | undefined>>;
  /** Change headers of the answer. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

/** A request as it arrives. */
export interface GateRequest {
  readonly method: string;
  /** Key of the object, or the query of a listing. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server in front of another one, which gives it conditional writes and takes its network away. */
export interface S3Gate extends S3Server {
  /** Everything that arrived, in order. */
  readonly requests: GateRequest[];
  /** Decides on each request. */
  judge: (request: GateRequest) => GateVerdict | undefined;
}

/**
 * Runs a gate in front of a server that checks no signatures.
 *
 * @param conditionalWrites `atomic`: `If-None-Match: *` as AWS does it. `racy`: it looks first and stores later. `ignored`: as the server has it
 */
export async function runS3Gate(inner: S3Server, conditionalWrites: 'atomic' | 'racy' | 'ignored'): Promise<S3Gate> {
  const upstream = new URL(inner.endpoint);
  const busy = new Map<string, Promise<void>>();

  async function pass(method: string, url: string, headers: IncomingMessage['headers'], body: Buffer): Promise<{ answer: IncomingMessage; bytes: Buffer }> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = forwardTo({ host: upstream.hostname, port: upstream.port, method, path: url, headers, agent: false }, resolve);
      sent.once('error', reject);
      sent.end(body);
    });
    return { answer, bytes: await buffer(answer) };
  }

  async function handle(arrived: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = arrived;
    const path = decodeURIComponent(url.replace(/^\/[^/?]*\/?/, '').replace(/\?x-id=\w+$/, ''));
    gate.requests.push({ method, path, headers: arrived.headers });
    const verdict = gate.judge({ method, path, headers: arrived.headers }) ?? {};
    const body = await buffer(arrived);
    if (verdict.hang) return;
    if (verdict.answer) return sendError(response, verdict.answer.status, verdict.answer.code);
    const headers: Record<string, string | string[] | undefined> = { ...arrived.headers, ...verdict.requestHeaders };
    const { 'if-none-match': condition, ...unconditional } = headers;
    for (const name of Object.keys(unconditional)) if (unconditional[name] === undefined) delete unconditional[name];
    const isConditional = method === 'PUT' && condition === '*' && conditionalWrites !== 'ignored';
    if (isConditional && (await pass('HEAD', url, {}, Buffer.alloc(0))).answer.statusCode === 200) return sendError(response, 412, 'PreconditionFailed');
    const { answer, bytes } = await pass(method, url, unconditional, body);
    if (verdict.loseAnswer) return void response.destroy();
    response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...verdict.answerHeaders });
    if (verdict.cutBodyAt === undefined) return void response.end(bytes);
    response.write(bytes.subarray(0, verdict.cutBodyAt), () => response.destroy());
  }

  const server = createServer((arrived, response) => {
    const key = arrived.method === 'PUT' && conditionalWrites === 'atomic' ? (arrived.url ?? '') : '';
    const turn = (key === '' ? Promise.resolve() : (busy.get(key) ?? Promise.resolve())).then(() => handle(arrived, response)).catch(() => void response.destroy());
    if (key !== '') busy.set(key, turn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gate: S3Gate = {
    ...inner,
    endpoint: `http://127.0.0.1:${port}`,
    requests: [],
    judge: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await inner.stop();
    },
  };
  return gate;
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>refused by the gate</Message></Error>`);
}
