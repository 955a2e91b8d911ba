import type { z } from 'zod';
import type { CallContext } from '../contract/call-context.ts';
import type { HostServices } from '../contract/host-services.ts';
import type { ErrorCode } from '../errors/error-codes.table.ts';
import { parseOrThrow } from '../errors/parse-or-throw.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import { startDeadline } from './call-deadline.ts';
import { failureOfStatus, failureOfTransport, transportCodesOf, unclearFailure, type HttpFailure } from './http-failure.ts';
import { readLimited } from './read-limited.ts';
import { readRetryAfter } from './retry-after.ts';
import type { TokenCache } from './token-cache.ts';

/** One request to a vendor's JSON API. */
export interface JsonRequest {
  /** Names the call in messages, such as `start restore`. */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** In place of `body`: JSON that is sent as it stands, for requests that may have to be repeated byte for byte. */
  readonly bodyText?: string;
  /** Sent as `Authorization: Bearer`; renewed once when the vendor answers 401. */
  readonly token?: TokenCache;
  /** `read` when the request changes nothing, so that it may be repeated. By default only `GET` is one. */
  readonly effect?: 'read' | 'write';
  /** Milliseconds for the whole call with its reply, within the caller's deadline. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default 4 MiB. */
  readonly maxReplyBytes?: number;
  readonly call: CallContext;
  /** Finds the contract's code in a vendor's error reply (parsed JSON, or undefined). What it does not know is mapped by status. */
  readonly codeOf?: (status: number, reply: unknown) => ErrorCode | undefined;
  /** Sees status and headers of every answer before its body is read, also of one that is refused; twice when the token was renewed. */
  readonly onAnswer?: (answer: { readonly status: number; readonly headers: Headers }) => void;
}

/**
 * Sends a request and parses the JSON reply. Never retries, apart from renewing the token once.
 *
 * Success is a 2xx status with a complete JSON body of the right type that fits the schema; 204 gives `null` to the schema. Anything else throws:
 * an HTML page, an empty 200 and a cut reply are no success. Vendors' texts are not quoted in messages, because they may repeat what was sent.
 *
 * @throws {RecoveryError} by status, with `vendor.status`, `vendor.code`, `vendor.requestId` and, from `Retry-After`, `retryAfterMs`;
 * `facts.outcome` says `refused`, `not-sent` or `unknown`. When a write may have been sent and there is no usable answer: `deadline-exceeded` with `retry: 'reconcile-first'`
 * @throws the signal's reason when aborted
 */
export async function requestJson<Schema extends z.ZodType>(services: Pick<HostServices, 'http' | 'clock' | 'signal'>, request: JsonRequest, replySchema: Schema): Promise<z.output<Schema>> {
  const { token, call } = request;
  if (!token) return send(services, request, undefined, replySchema);
  return token.withToken((secret) => send(services, request, `Bearer ${secret.reveal()}`, replySchema), call);
}

async function send<Schema extends z.ZodType>(
  services: Pick<HostServices, 'http' | 'clock' | 'signal'>, request: JsonRequest, authorization: string | undefined, replySchema: Schema,
): Promise<z.output<Schema>> {
  const { call, method } = request;
  const isRead = (request.effect ?? (method === 'GET' ? 'read' : 'write')) === 'read';
  const where = placeOf(request);
  const body = request.bodyText ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const headers = headersOf(request, body !== undefined, authorization, where);
  const sent = `${authorization ?? ''}\n${JSON.stringify(request.headers ?? {})}\n${body ?? ''}`;
  const fail = (failure: HttpFailure, message: string, more: { readonly cause?: unknown; readonly response?: Response; readonly vendorCode?: string | undefined } = {}): RecoveryError => {
    const { response, vendorCode } = more;
    const requestId = response && requestIdOf(response, sent);
    const retryAfterMs = response && readRetryAfter(response.headers.get('retry-after'), services.clock.now());
    return new RecoveryError(failure.code, `${where}: ${message}${requestId ? ` (request id ${requestId})` : ''}`, {
      ...('cause' in more ? { cause: more.cause } : {}),
      ...(failure.retry ? { retry: failure.retry } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(response ? { vendor: { status: response.status, ...(vendorCode ? { code: vendorCode } : {}), ...(requestId ? { requestId } : {}) } } : {}),
      correlationId: call.correlationId,
      facts: { outcome: failure.outcome },
    });
  };

  call.signal.throwIfAborted();
  services.signal.throwIfAborted();
  using deadline = startDeadline(services.clock, call, request.timeoutMs ?? 30_000, services.signal);
  if (deadline.expired) throw fail({ code: 'deadline-exceeded', retry: 'with-backoff', outcome: 'not-sent' }, 'the deadline had passed; nothing was sent');
  const expired = (): RecoveryError => fail({ ...unclearFailure(isRead), code: 'deadline-exceeded' }, `no complete answer within ${deadline.allowedMs} ms${isRead ? '' : '; whether it was done is not known'}`);

  let response: Response;
  try {
    response = await deadlineOr(deadline.signal, services.http.fetch(request.url, { method, headers, redirect: 'manual', signal: deadline.signal, ...(body === undefined ? {} : { body }) }));
  } catch (cause) {
    if (deadline.expired) throw expired();
    if (deadline.signal.aborted || RecoveryError.isInstance(cause)) throw cause;
    const failure = failureOfTransport(cause, isRead);
    const [reason = 'the connection broke'] = transportCodesOf(cause);
    throw fail(failure, `no answer: ${reason}${failure.outcome === 'not-sent' ? '; nothing was sent' : ''}`, { cause });
  }
  request.onAnswer?.(response);
  let bytes: Uint8Array;
  try {
    bytes = await deadlineOr(deadline.signal, readLimited(response, request.maxReplyBytes ?? 4 * 1_048_576));
  } catch (cause) {
    if (deadline.expired) throw expired();
    if (deadline.signal.aborted) throw cause;
    if (!response.ok) bytes = new Uint8Array(0);
    else throw fail(unclearFailure(isRead), RecoveryError.isInstance(cause) ? cause.message : 'the connection broke in the middle of the reply', { cause, response });
  }
  const reply = readJson(response, bytes);
  if (!response.ok) {
    const byStatus = failureOfStatus(response.status, isRead);
    const failure = { ...byStatus, code: request.codeOf?.(response.status, reply.value) ?? byStatus.code };
    const vendorCode = vendorCodeOf(reply.value, sent);
    throw fail(failure, `answered ${response.status}${vendorCode ? ` ${vendorCode}` : ''}`, { response, vendorCode });
  }
  if (reply.problem) throw fail(unclearFailure(isRead), `answered ${response.status} with ${reply.problem}`, { response });
  try {
    return parseOrThrow(replySchema, reply.value, `reply to ${request.what}`, 'internal');
  } catch (cause) {
    throw fail({ code: isRead ? 'internal' : 'deadline-exceeded', retry: isRead ? 'never' : 'reconcile-first', outcome: 'unknown' }, (cause as Error).message, { cause, response });
  }
}

/** The call and its address without the query, which may hold what should not be shown. */
function placeOf({ what, method, url }: JsonRequest): string {
  const { origin, pathname } = new URL(url);
  return `${what}: ${method} ${origin}${pathname}`;
}

function headersOf(request: JsonRequest, hasBody: boolean, authorization: string | undefined, where: string): Headers {
  try {
    return new Headers({
      accept: 'application/json',
      'x-correlation-id': request.call.correlationId,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    });
  } catch {
    // The platform's error quotes the header's value, so it must not become the cause.
    throw new RecoveryError('invalid-config', `${where}: a header or the token has characters that HTTP does not allow; nothing was sent`, { facts: { outcome: 'not-sent' } });
  }
}

function readJson(response: Response, bytes: Uint8Array): { readonly value?: unknown; readonly problem?: string } {
  if (response.status === 204) return { value: null };
  if (bytes.length === 0) return { problem: 'an empty body' };
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && !type.endsWith('+json')) return { problem: `content type ${type || '(none)'} instead of JSON` };
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch {
    return { problem: 'a body that is not complete JSON' };
  }
}

function requestIdOf({ headers }: Response, sent: string): string | undefined {
  const id = headers.get('request-id') ?? headers.get('x-request-id') ?? headers.get('x-ms-request-id');
  return id !== null && /^[\w.:-]{1,128}$/.test(id) && !repeats(id, sent) ? id : undefined;
}

function vendorCodeOf(reply: unknown, sent: string): string | undefined {
  const { code, error } = (typeof reply === 'object' && reply !== null ? reply : {}) as { readonly code?: unknown; readonly error?: { readonly code?: unknown } | null };
  const found = error?.code ?? code;
  return typeof found === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(found) && !repeats(found, sent) ? found : undefined;
}

/** Whether a vendor's word may be a secret that it was sent. Short words are no secrets. */
function repeats(word: string, sent: string): boolean {
  return word.length >= 8 && sent.includes(word);
}

/** Ends the wait at once when the signal fires, also when the transport does not listen to it. */
async function deadlineOr<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
