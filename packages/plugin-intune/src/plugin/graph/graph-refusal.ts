import { RecoveryError, type ErrorCode } from '@winre-kit/sdk';
import { z } from 'zod';
import { graphErrorCodes } from './graph-error-codes.table.ts';

const innerSchema = z.looseObject({ code: z.string().nullish(), 'request-id': z.string().nullish() });
const refusalSchema = z.object({
  error: z.looseObject({ code: z.string().nullish(), message: z.string().nullish(), innerError: z.unknown().optional(), innererror: z.unknown().optional() }),
});

/** What Graph says when it refuses. */
export interface GraphRefusal {
  /** The code and those inside it, the most telling one first. */
  readonly codes: readonly string[];
  /** Graph's words, for people; they may repeat what was sent. */
  readonly message: string;
  readonly requestId: string | undefined;
}

/** The refusal in an error reply, or nothing when it is not Graph that answers, such as a proxy with a page of its own. */
export function graphRefusalOf(reply: unknown): GraphRefusal | undefined {
  const error = refusalSchema.safeParse(reply).data?.error;
  if (!error) return undefined;
  const codes = [error.code];
  let requestId: string | undefined;
  let inner = error.innerError ?? error.innererror;
  for (let depth = 0; depth < 8; depth += 1) {
    const found = innerSchema.safeParse(inner).data;
    if (!found) break;
    codes.unshift(found.code);
    requestId ??= found['request-id'] ?? undefined;
    inner = found['innerError'] ?? found['innererror'];
  }
  return {
    codes: codes.flatMap((code) => code || []),
    message: plainWords(error.message ?? ''),
    requestId: requestId !== undefined && /^[0-9a-f-]{36}$/i.test(requestId) ? requestId : undefined,
  };
}

/** Intune wraps its words in JSON of its own. */
function plainWords(message: string): string {
  let words = message;
  if (message.startsWith('{')) {
    try {
      words = z.looseObject({ Message: z.string() }).safeParse(JSON.parse(message)).data?.Message ?? message;
    } catch {
      words = message;
    }
  }
  const line = words.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** Graph's way to say that a path is not in this version; the status alone would look like a mistake in an argument. */
const noSuchPath = /^Resource not found for the segment/;

/** The contract's code for a refusal, where Graph's words say more than the status. Behind a status of 500 and more Graph may have acted before it failed. */
export function codeOfGraphRefusal(status: number, refusal: GraphRefusal | undefined): ErrorCode | undefined {
  if (!refusal || status >= 500 || status === 401) return undefined;
  if (status === 400 && noSuchPath.test(refusal.message)) return 'unsupported';
  for (const code of refusal.codes) {
    const known = Object.hasOwn(graphErrorCodes, code.toLowerCase()) ? graphErrorCodes[code.toLowerCase()] : undefined;
    if (known) return known;
  }
  return undefined;
}

/** What a thrown error needs beside what the plug-in kit knows. */
export interface RefusalContext {
  readonly refusal: GraphRefusal | undefined;
  readonly scopes: readonly string[];
  /** Ours, by which Microsoft's support finds a request that was never answered. A part of a batch has none. */
  readonly clientRequestId: string | undefined;
  /** Whether Graph's words may be quoted. */
  readonly mayQuote: boolean;
}

/** Adds Graph's reason, the request ids and, when a permission is missing, its name to an error of the plug-in kit. */
export function explainGraphError(error: unknown, { refusal, scopes, clientRequestId, mayQuote }: RefusalContext): unknown {
  if (!RecoveryError.isInstance(error)) return error;
  const { vendor } = error;
  const requestId = vendor?.requestId ?? (vendor && refusal?.requestId);
  const lacksScope = error.code === 'permission-denied' && vendor?.status === 403;
  const message = [
    error.message,
    ...(vendor?.requestId === undefined && requestId !== undefined ? [` (request id ${requestId})`] : []),
    ...(mayQuote && refusal && refusal.message !== '' ? [`: ${refusal.message}`] : []),
    ...(lacksScope ? [`; grant the application ${scopes.join(' or ')}, and see that its role in Intune covers the device`] : []),
  ].join('');
  return new RecoveryError(error.code, message, {
    cause: error.cause,
    retry: error.retry,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.fieldPath === undefined ? {} : { fieldPath: error.fieldPath }),
    ...(vendor ? { vendor: { ...vendor, ...(requestId === undefined ? {} : { requestId }) } } : {}),
    ...(error.correlationId === undefined ? {} : { correlationId: error.correlationId }),
    facts: { ...error.facts, ...(clientRequestId === undefined ? {} : { clientRequestId }), ...(lacksScope ? { scopes } : {}) },
  });
}
