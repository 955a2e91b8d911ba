import type { SnapshotError } from '../errors/snapshot-error.ts';

/** Whether an error says that the storage did not answer, and nothing about the bytes: a bad sector, a network that is down. It may pass. */
export function isReadFailure({ code }: SnapshotError): boolean {
  return code === 'storage/failed';
}
