import { RecoveryError } from '../../errors/recovery-error.ts';
import type { ErrorCode } from '../../errors/error-codes.table.ts';

export type DispatchVerdict = { readonly outcome: 'refused' | 'parked' | 'unknown'; readonly reason: string };

/** The vendor, or the plug-in before sending, said no for good: nothing was done, and asking again changes nothing. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid-argument', 'invalid-config', 'unauthenticated', 'permission-denied', 'approval-rejected', 'approval-expired', 'not-found', 'already-exists', 'failed-precondition',
  'plan-stale', 'enrolment-changed', 'untrusted-payload', 'unsupported', 'spec-version-mismatch',
]);

/**
 * What a failed send means. Everything that is not a clear refusal counts as unknown, also where the vendor says that nothing was done:
 * the reconcile that follows costs one read and makes sure.
 */
export function judgeDispatchError(error: unknown, signal: AbortSignal | undefined): DispatchVerdict {
  if (!RecoveryError.isInstance(error) || signal?.aborted) return { outcome: 'unknown', reason: 'nobody waited for the answer' };
  const reason = `${error.code}: ${error.message}`;
  if (error.retry === 'reconcile-first') return { outcome: 'unknown', reason };
  if (error.code === 'approval-required') return { outcome: 'parked', reason };
  return { outcome: refusals.has(error.code) ? 'refused' : 'unknown', reason };
}
