import { RecoveryError } from '@winre-kit/sdk';
import { errorReply, protocolLimits, protocolRoutes } from '../../protocol/index.ts';
import { enrolDevice } from '../enrol-device.ts';
import type { GatewayCore } from '../gateway-core.ts';
import { authenticateChannel, type AuthenticRequest } from './authenticate-channel.ts';
import { endChannel } from './end-channel.ts';
import { issueChallenge, openChannel } from './open-channel.ts';
import { pollCommands } from './poll-commands.ts';
import { parseJsonBody, readBody } from './read-body.ts';
import { takeArtifact } from './take-artifact.ts';
import { takeEscrow } from './take-escrow.ts';
import { takeLogs } from './take-logs.ts';
import { takeQueryReply } from './take-query-reply.ts';
import { takeReports } from './take-reports.ts';

type OpenRoute = (core: GatewayCore, body: unknown) => Promise<object>;
type ChannelRoute = (core: GatewayCore, request: AuthenticRequest) => Promise<object>;

const openRoutes: ReadonlyMap<string, OpenRoute> = new Map<string, OpenRoute>([
  [protocolRoutes.enrol, enrolDevice],
  [protocolRoutes.challenge, issueChallenge],
  [protocolRoutes.hello, openChannel],
]);
const channelRoutes: ReadonlyMap<string, ChannelRoute> = new Map<string, ChannelRoute>([
  [protocolRoutes.poll, pollCommands],
  [protocolRoutes.report, takeReports],
  [protocolRoutes.reply, takeQueryReply],
  [protocolRoutes.logs, takeLogs],
  [protocolRoutes.artifact, takeArtifact],
  [protocolRoutes.escrow, takeEscrow],
  [protocolRoutes.end, endChannel],
]);

/** Answers one request of an agent. Errors become `{ error }` with their status; nothing of a defect is shown. */
export async function handleRequest(core: GatewayCore, request: Request): Promise<Response> {
  try {
    core.closed.throwIfAborted();
    return respond(200, await route(core, request));
  } catch (cause) {
    if (core.closed.aborted) return respondError(new RecoveryError('unavailable', 'the gateway is closing: try again', { retryAfterMs: 1_000 }));
    if (request.signal.aborted) return respondError(new RecoveryError('cancelled', 'the request was given up'));
    if (!RecoveryError.isInstance(cause)) core.logger.log('error', 'a request of an agent failed', { path: new URL(request.url).pathname, cause });
    return respondError(cause);
  }
}

async function route(core: GatewayCore, request: Request): Promise<object> {
  const { pathname } = new URL(request.url);
  const openRoute = openRoutes.get(pathname);
  const channelRoute = channelRoutes.get(pathname);
  if (request.method !== 'POST' || (!openRoute && !channelRoute)) throw new RecoveryError('unsupported', `this gateway does not know ${request.method} ${pathname}`);
  if (openRoute) return openRoute(core, parseJsonBody(await readBody(request, protocolLimits.maxOpenBodyBytes)));
  const maxBytes = pathname === protocolRoutes.artifact ? protocolLimits.maxArtifactBytes : protocolLimits.maxBodyBytes;
  const authentic = await authenticateChannel(core, request, maxBytes);
  return channelRoute ? channelRoute(core, authentic) : {};
}

function respondError(error: unknown): Response {
  const { status, body } = errorReply(error);
  return respond(status, body);
}

function respond(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
}
