import { SnapshotError } from '../errors/snapshot-error.ts';
import { isLostCopy } from '../repository/is-lost-copy.ts';

/** Whether an error says that stored objects are lost, to a bad sector too: that item is concerned, and reading the source again can heal it. */
export function isDamage(error: unknown): boolean {
  return isLostCopy(error) || (SnapshotError.isInstance(error) && (error.code === 'object/missing' || error.code === 'format/damaged'));
}
