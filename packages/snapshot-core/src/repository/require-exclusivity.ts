import { SnapshotError } from '../errors/snapshot-error.ts';
import type { Storage } from '../storage/storage.ts';

/** Whether the caller gives his word. */
export interface ExclusivityOptions {
  readonly exclusive?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Two prunes at once would write the same epoch, two rotations the same data key; only a storage that creates exclusively stops one of
 * them. Elsewhere the caller has to know.
 *
 * @param work what must not happen twice, for the message
 * @throws {SnapshotError} `storage/not-exclusive`
 */
export async function requireExclusivity(storage: Storage, work: 'prune' | 'repair' | 'rotation', { exclusive = false, dryRun = false, signal }: ExclusivityOptions = {}): Promise<void> {
  if (exclusive || dryRun || (await canCreateExclusively(storage, signal))) return;
  throw new SnapshotError('storage/not-exclusive', `${storage.description} cannot create a file exclusively, so two ${work}s at once could harm each other there; make sure that nobody else uses the repository, then repeat the ${work} with exclusive: true`);
}

/** What the storage says; one that says nothing can. */
export async function canCreateExclusively(storage: Storage, signal?: AbortSignal): Promise<boolean> {
  return (await storage.supportsExclusiveCreate?.(signal && { signal })) ?? true;
}
