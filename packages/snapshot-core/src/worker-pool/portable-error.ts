import { errorCodes, type SnapshotErrorCode } from '../errors/error-codes.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PortableError } from './worker-messages.ts';

/** Packs an error for another thread. Of its cause the message and code come along, what caused that stays behind. */
export function packError(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), isSnapshotError: false };
  const { name, message, stack } = error;
  const [code, causeCode] = [codeOf(error), codeOf(error.cause)];
  return {
    name, message, ...(stack !== undefined && { stack }), ...(code !== undefined && { code }),
    ...(error.cause instanceof Error && causeCode !== undefined && { cause: { message: error.cause.message, code: causeCode } }),
    isSnapshotError: SnapshotError.isInstance(error),
  };
}

/** Makes the error again: a `SnapshotError` with its code, or an error with a system code that callers branch on. Its cause has its code too, and the thread's stack is at the end of the causes. */
export function unpackError(packed: PortableError): Error {
  const { stack } = packed;
  const cause = packed.cause === undefined ? stack : Object.assign(new TypeError(packed.cause.message, { cause: stack }), { code: packed.cause.code });
  if (packed.isSnapshotError && isKnownCode(packed.code)) return new SnapshotError(packed.code, packed.message, { cause });
  const error = new TypeError(packed.message, { cause });
  return Object.assign(error, { name: packed.name }, packed.code !== undefined && { code: packed.code });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isKnownCode(code: string | undefined): code is SnapshotErrorCode {
  return code !== undefined && Object.hasOwn(errorCodes, code);
}
