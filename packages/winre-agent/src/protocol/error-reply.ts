import { errorCodes, RecoveryError, type ErrorCode } from '@winre-kit/sdk';
import { z } from 'zod';
import { errorStatus } from './error-status.table.ts';

const errorReplySchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    retryAfterMs: z.number().nonnegative().optional(),
    fieldPath: z.string().optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** Status and JSON body for an error. Anything but a `RecoveryError` becomes `internal` and says nothing: no stack, no message of its own. */
export function errorReply(error: unknown): { readonly status: number; readonly body: { readonly error: Record<string, unknown> } } {
  const shown = RecoveryError.isInstance(error) ? error : new RecoveryError('internal', 'the gateway failed on this request; its log says more');
  const { code, message, retryAfterMs, fieldPath, facts } = shown;
  return { status: errorStatus[code], body: { error: { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }), ...(fieldPath !== undefined && { fieldPath }), ...(facts && { facts: { ...facts } }) } } };
}

/** The error that a reply stands for. A body in another form, as proxies send it, becomes `unavailable`, or `resource-exhausted` for 413 and 429. */
export function errorFromReply(status: number, body: unknown): RecoveryError {
  const parsed = errorReplySchema.safeParse(body);
  if (!parsed.success) {
    const code: ErrorCode = status === 413 || status === 429 ? 'resource-exhausted' : 'unavailable';
    return new RecoveryError(code, `the gateway answered ${status} without saying why: something on the way may have answered in its place`, { vendor: { status } });
  }
  const { code, message, retryAfterMs, fieldPath, facts } = parsed.data.error;
  return new RecoveryError(code, message, { vendor: { status }, ...(retryAfterMs !== undefined && { retryAfterMs }), ...(fieldPath !== undefined && { fieldPath }), ...(facts && { facts }) });
}

/** Tells why authentication failed, when the gateway said so: `unknown-channel` asks for a new hello. */
export function refusalReason(error: unknown): string | undefined {
  const reason = RecoveryError.isInstance(error) ? error.facts?.['reason'] : undefined;
  return typeof reason === 'string' ? reason : undefined;
}
