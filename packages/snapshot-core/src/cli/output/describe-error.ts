import type { CommanderError } from 'commander';
import { SnapshotError } from '../../index.ts';

/** An error as the command tells it. */
export interface DescribedError {
  /** A code of the library, `interrupted`, or `internal` for what nobody foresaw. */
  readonly code: string;
  readonly message: string;
  /** What the system said, where that explains more. */
  readonly cause?: string;
  /** The same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
}

/** Puts wrong usage into words, which the parser of the arguments found. Pure. */
export function describeUsageError({ code, message }: Pick<CommanderError, 'code' | 'message'>): DescribedError {
  return { code: 'argument/invalid', message: code === 'commander.help' ? 'no verb is named; --help lists them' : message.replace(/^error: /, ''), retryable: false };
}

/** Puts an error into words, without its stack. Pure. */
export function describeError(error: unknown, signal: AbortSignal): DescribedError {
  if (signal.aborted) return { code: 'interrupted', message: 'interrupted; nothing that was finished is lost', retryable: true };
  if (SnapshotError.isInstance(error)) {
    const told = error.cause instanceof Error ? error.cause.message : undefined;
    const cause = told === undefined || error.message.includes(told) ? undefined : told;
    return { code: error.code, message: error.message, ...(cause !== undefined && { cause }), retryable: error.retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `${message}; run again with WINRE_SNAPSHOT_DEBUG=1 for where it happened`, retryable: false };
}
