import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from './call-options.ts';
import { readPruneEpoch, writePruneEpoch } from './epoch-files.ts';
import type { RepositoryState } from './repository-state.ts';

/**
 * Condemns packs under a new epoch, so that nothing new is deduplicated against them. Prune deletes them once nothing in them is needed.
 *
 * Where the epoch can be neither read nor written it is left as it is: whoever wants to commit something new needs both too.
 */
export async function condemnPacks(state: RepositoryState, packNames: readonly string[], options?: CallOptions): Promise<void> {
  // A file that is no pack by its name is somebody else's; nothing relies on it anyway.
  const named = packNames.filter((packName) => /^[\da-f]{64}$/.test(packName));
  for (let isDone = false; !isDone; ) {
    try {
      await raiseEpoch(state, named, options);
      isDone = true;
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      // Somebody else raised the epoch at the same moment: add to theirs.
      isDone = error.code !== 'repository/locked';
      if (isDone && !['storage/read-only', 'storage/full', 'storage/failed'].includes(error.code)) throw error;
    }
  }
}

async function raiseEpoch({ storage, envelope, objects }: RepositoryState, packNames: readonly string[], options?: CallOptions): Promise<void> {
  const { epoch, condemned } = await readPruneEpoch(storage, envelope, options);
  const known = new Set(condemned.map(({ packName }) => packName));
  const added = packNames.filter((packName) => !known.has(packName));
  if (added.length === 0) return;
  const condemnedAtMs = await storage.timeMs();
  const next = { epoch: epoch + 1, condemned: [...condemned, ...added.map((packName) => ({ packName, condemnedAtMs }))] };
  await writePruneEpoch(storage, envelope, next, options);
  // The epoch of the state stays, so that a commit under way follows every reference once more.
  objects.index.setCondemned(next.condemned.map(({ packName }) => packName));
}
