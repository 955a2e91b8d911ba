import { SnapshotError } from '../errors/snapshot-error.ts';
import { systemErrorCode } from '../source/system-error-code.ts';

/** Whether an error says that stored objects are lost, to a bad sector too: that item is concerned, and reading the source again can heal it. */
export function isDamage(error: unknown): boolean {
  if (!SnapshotError.isInstance(error)) return false;
  return ['object/missing', 'object/damaged', 'format/damaged', 'storage/not-found'].includes(error.code) || (error.code === 'storage/failed' && systemErrorCode(error.cause) === 'EIO');
}
