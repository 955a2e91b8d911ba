import { RecoveryError, type RecoveryErrorDetails } from '../../errors/recovery-error.ts';
import type { Redactor } from '../services/redactor.ts';

/**
 * What a failed call into a plug-in throws: aborts and the contract's own errors unchanged, everything else as `internal`. An error that shows a secret is
 * made anew without it; its cause and stack stay behind.
 */
export function translateError(error: unknown, call: { readonly what: string; readonly correlationId: string; readonly signal: AbortSignal; readonly redactor: Redactor }): unknown {
  if (call.signal.aborted && (error === call.signal.reason || (error instanceof Error && error.name === 'AbortError'))) return call.signal.reason;
  const { redactor, correlationId } = call;
  if (RecoveryError.isInstance(error)) {
    if (!redactor.reveals(error)) return error;
    const { retry, retryAfterMs, fieldPath, vendor, facts } = error;
    const details = { retry, retryAfterMs, fieldPath, vendor: redactor.redactValue(vendor), facts: redactor.redactValue(facts), correlationId: error.correlationId ?? correlationId };
    const known = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) as RecoveryErrorDetails;
    return new RecoveryError(error.code, redactor.redactText(error.message), known);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new RecoveryError('internal', `${call.what} failed with an error that the contract does not know: ${redactor.redactText(message)}`, { correlationId, ...(redactor.reveals(error) ? {} : { cause: error }) });
}
