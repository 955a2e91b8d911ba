import type { ErrorCode, RetryAdvice } from '../errors/error-codes.table.ts';

/** What became of a request: refused for certain, never sent, or nobody knows. */
export type RequestOutcome = 'refused' | 'not-sent' | 'unknown';

/** What a request failed with: the contract's code, advice that differs from the code's own, and what became of it. */
export interface HttpFailure {
  readonly code: ErrorCode;
  readonly retry: RetryAdvice | undefined;
  readonly outcome: RequestOutcome;
}

const refusals: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  405: 'unsupported',
  409: 'conflict',
  410: 'not-found',
  412: 'failed-precondition',
  413: 'invalid-argument',
  422: 'invalid-argument',
  423: 'conflict',
  428: 'failed-precondition',
  429: 'resource-exhausted',
  501: 'unsupported',
};

/**
 * What an HTTP status that is not success means. A status that a server or a proxy may also send after it acted leaves the outcome of a write unknown.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
 */
export function failureOfStatus(status: number, isRead: boolean): HttpFailure {
  const refusal = refusals[status] ?? (status >= 400 && status < 500 && status !== 408 ? 'invalid-argument' : undefined);
  if (refusal) return { code: refusal, retry: undefined, outcome: 'refused' };
  if (status === 500) return { code: 'internal', retry: isRead ? 'with-backoff' : 'reconcile-first', outcome: 'unknown' };
  return unclearFailure(isRead);
}

/** The failure of a request that may have been sent and has no answer one can use. Reading again does no harm; writing again may. */
export function unclearFailure(isRead: boolean): HttpFailure {
  return isRead ? { code: 'unavailable', retry: 'with-backoff', outcome: 'unknown' } : { code: 'deadline-exceeded', retry: 'reconcile-first', outcome: 'unknown' };
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT']);
const notTrusted = /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_TLS_CERT_)/;

/** What a rejected `fetch` means. Only errors of name lookup, connecting and certificates prove that nothing was sent. */
export function failureOfTransport(error: unknown, isRead: boolean): HttpFailure {
  const codes = transportCodesOf(error);
  if (codes.length > 0 && codes.every((code) => notTrusted.test(code))) return { code: 'unavailable', retry: 'after-fix', outcome: 'not-sent' };
  if (codes.length > 0 && codes.every((code) => neverSent.has(code))) return { code: 'unavailable', retry: 'with-backoff', outcome: 'not-sent' };
  return unclearFailure(isRead);
}

/** The system error codes in an error, its causes and, for an attempt at several addresses, its parts. */
export function transportCodesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { code, cause, errors } = error as { readonly code?: unknown; readonly cause?: unknown; readonly errors?: unknown };
  if (Array.isArray(errors)) return errors.flatMap((part) => transportCodesOf(part, depth + 1));
  return [...(typeof code === 'string' ? [code] : []), ...transportCodesOf(cause, depth + 1)];
}
