import { errorCodes, RecoveryError, type ErrorCode, type SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';

/** What the EMM says when it refuses. Loose: members may be added. */
const refusalSchema = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string(), fieldPath: z.string().nullish(), facts: z.record(z.string(), z.unknown()).nullish() }),
});
export type SampleEmmRefusal = z.output<typeof refusalSchema>['error'];

/** The refusal in an error reply, or nothing when it is not the EMM that answers, such as a proxy with a page of its own. */
export function refusalOf(reply: unknown): SampleEmmRefusal | undefined {
  return refusalSchema.safeParse(reply).data?.error;
}

/**
 * The contract's code for a refusal. The EMM uses the contract's codes, so most vendors need a table here.
 * Behind a status of 500 and more the EMM may have acted before it failed, unless it says itself that nothing was done.
 */
export function codeOfRefusal(status: number, refusal: SampleEmmRefusal | undefined): ErrorCode | undefined {
  if (!refusal || !Object.hasOwn(errorCodes, refusal.code)) return undefined;
  return status < 500 || refusal.code === 'unavailable' ? (refusal.code as ErrorCode) : undefined;
}

/**
 * Adds the EMM's reason to an error of the plug-in kit, which quotes no vendor. This EMM's reasons name fields, permissions and keys, never values;
 * one that repeats the token all the same is left out.
 */
export function explainRefusal(error: unknown, refusal: SampleEmmRefusal | undefined, token: SecretValue | undefined): unknown {
  if (!RecoveryError.isInstance(error) || !refusal || error.code !== refusal.code) return error;
  if (token && JSON.stringify(refusal).includes(token.reveal())) return error;
  return new RecoveryError(error.code, `${error.message}: ${refusal.message}`, {
    cause: error.cause,
    retry: error.retry,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(refusal.fieldPath ? { fieldPath: refusal.fieldPath } : {}),
    ...(error.vendor ? { vendor: error.vendor } : {}),
    ...(error.correlationId ? { correlationId: error.correlationId } : {}),
    facts: { ...refusal.facts, ...error.facts },
  });
}
