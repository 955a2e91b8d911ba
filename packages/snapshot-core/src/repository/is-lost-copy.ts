import { SnapshotError } from '../errors/snapshot-error.ts';

/** Whether a failure to read one copy of an object says that this copy is lost: damaged, gone, or on a bad sector. */
export function isLostCopy(error: unknown): error is SnapshotError {
  if (!SnapshotError.isInstance(error)) return false;
  const { code, cause } = error;
  return code === 'object/damaged' || code === 'storage/not-found' || (code === 'storage/failed' && cause instanceof Error && 'code' in cause && cause.code === 'EIO');
}
