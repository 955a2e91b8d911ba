import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** However short the grace time: what is younger may be a file that another process is writing at this moment, such as the lease it waits with. */
const minAgeMs = 3_600_000;

/** Removes what writes that were interrupted have left, once it is old enough. */
export function clearLeftovers(storage: Pick<Storage, 'deleteLeftovers'>, graceMs: number, options?: StorageCallOptions): Promise<void> {
  return storage.deleteLeftovers(Math.max(graceMs, minAgeMs), options);
}
