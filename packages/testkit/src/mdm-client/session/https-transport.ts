import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { RecoveryError } from '@winre-kit/sdk';
import type { MdmRequest, MdmResponse, MdmTransport } from './mdm-transport.ts';

const maxResponseBytes = 64 * 1024 * 1024;

/**
 * Real HTTPS. The messages of a session go over one connection; redirects are not followed, as Windows does not in a session.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function createHttpsTransport(): MdmTransport {
  let agent: Agent | undefined;
  let identityOfAgent: string | undefined;

  const agentFor = ({ identity, trustedAuthoritiesPem }: MdmRequest): Agent => {
    const key = `${identity?.certificatePem ?? ''}\0${trustedAuthoritiesPem ?? ''}`;
    if (agent && identityOfAgent === key) return agent;
    agent?.destroy();
    identityOfAgent = key;
    agent = new Agent({
      keepAlive: true, maxSockets: 1,
      ...(trustedAuthoritiesPem === undefined ? {} : { ca: trustedAuthoritiesPem }),
      ...(identity === undefined ? {} : { cert: identity.certificatePem, key: identity.privateKeyPem }),
    });
    return agent;
  };

  return {
    async send(request) {
      request.signal?.throwIfAborted();
      try {
        return await exchange(request, agentFor(request));
      } catch (cause) {
        if (request.signal?.aborted) throw request.signal.reason;
        throw new RecoveryError('unavailable', `${request.method} ${request.url}: no answer from the management server`, { cause, retry: 'reconcile-first' });
      }
    },
    close() {
      agent?.destroy();
      agent = undefined;
    },
  };
}

async function exchange(request: MdmRequest, agent: Agent): Promise<MdmResponse> {
  const body = Buffer.from(request.body ?? '', 'utf8');
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpsRequest(request.url, {
      method: request.method,
      agent,
      headers: { ...request.headers, ...(request.method === 'POST' ? { 'content-length': String(body.length) } : {}) },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxResponseBytes) throw new RecoveryError('resource-exhausted', `the server answered with more than ${maxResponseBytes} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers[name] = value;
  return { status: incoming.statusCode ?? 0, headers, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
}
