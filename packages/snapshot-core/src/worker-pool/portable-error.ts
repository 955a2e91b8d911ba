import { errorCodes, type SnapshotErrorCode } from '../errors/error-codes.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PortableError } from './worker-messages.ts';

/** Packs an error for another thread. Causes stay behind, named in the stack. */
export function packError(error: unknown): PortableError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), isSnapshotError: false };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name, message, ...(stack !== undefined && { stack }), ...(code !== undefined && { code }), isSnapshotError: SnapshotError.isInstance(error) };
}

/** Makes the error again: a `SnapshotError` with its code, or an error with a system code that callers branch on. */
export function unpackError(packed: PortableError): Error {
  if (packed.isSnapshotError && isKnownCode(packed.code)) return new SnapshotError(packed.code, packed.message, { cause: packed.stack });
  const error = new TypeError(packed.message, { cause: packed.stack });
  return Object.assign(error, { name: packed.name }, packed.code !== undefined && { code: packed.code });
}

function isKnownCode(code: string | undefined): code is SnapshotErrorCode {
  return code !== undefined && Object.hasOwn(errorCodes, code);
}
