import type { SnapshotError } from '../../errors/snapshot-error.ts';

/**
 * Whether an error says that stored bytes are not what they were. Read errors do not: they may pass, and what a repair gives up is gone for
 * good, so they stop it.
 */
export function isLostObject({ code }: SnapshotError): boolean {
  return code === 'object/missing' || code === 'object/damaged' || code === 'format/damaged' || code === 'storage/not-found';
}
