import { SnapshotError } from '../errors/snapshot-error.ts';
import type { Storage } from '../storage/storage.ts';
import type { PruneOptions } from './prune-report.ts';

/**
 * Two prunes at once would write the same epoch; only a storage that creates exclusively stops one of them. Elsewhere the caller has to know.
 *
 * @throws {SnapshotError} `storage/not-exclusive`
 */
export async function requireExclusivity(storage: Storage, { exclusive = false, dryRun = false, signal }: PruneOptions = {}): Promise<void> {
  if (exclusive || dryRun || (await canCreateExclusively(storage, signal))) return;
  throw new SnapshotError('storage/not-exclusive', `${storage.description} cannot create a file exclusively, so two prunes at once could harm each other there; make sure that nobody else uses the repository, then prune with exclusive: true`);
}

/** What the storage says; one that says nothing can. */
export async function canCreateExclusively(storage: Storage, signal?: AbortSignal): Promise<boolean> {
  return (await storage.supportsExclusiveCreate?.(signal && { signal })) ?? true;
}
