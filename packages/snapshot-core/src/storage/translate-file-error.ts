import type { SnapshotErrorCode } from '../errors/error-codes.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';

const writeCodes: Readonly<Record<string, SnapshotErrorCode>> = {
  ENOENT: 'storage/not-found',
  EEXIST: 'storage/exists',
  ENOSPC: 'storage/full',
  EDQUOT: 'storage/full',
  EFBIG: 'storage/full',
  EROFS: 'storage/read-only',
  EACCES: 'storage/read-only',
  EPERM: 'storage/read-only',
};

/**
 * Names a file system error once, at the edge. Our own errors and aborts pass through unchanged.
 *
 * @param what what was being done, with the path
 */
export function translateFileError(what: string, direction: 'read' | 'write', cause: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (SnapshotError.isInstance(cause)) return cause;
  const systemCode = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const known = writeCodes[systemCode];
  const code = known !== undefined && (direction === 'write' || known === 'storage/not-found') ? known : 'storage/failed';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SnapshotError(code, `${what}: ${reason}`, { cause });
}
