import { RecoveryError } from '@winre-kit/sdk';
import { errorReply } from '@winre-kit/winre-agent/protocol';

/** How the admin API says no: the protocol's error form, with `Retry-After` and the request's id. */
export function adminErrorReply(error: unknown, correlationId: string): Response {
  const { status: protocolStatus, body } = errorReply(error);
  // Agents are limited by size, callers of this API by rate.
  const status = RecoveryError.isInstance(error) && error.code === 'resource-exhausted' ? 429 : protocolStatus;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': correlationId };
  if (RecoveryError.isInstance(error) && error.retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1_000));
  return new Response(JSON.stringify(body), { status, headers });
}
