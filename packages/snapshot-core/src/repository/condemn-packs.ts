import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from './call-options.ts';
import { readPruneEpoch, writePruneEpoch } from './epoch-files.ts';
import type { RepositoryState } from './repository-state.ts';

/**
 * Condemns packs under a new epoch, so that nothing new is deduplicated against them. Prune deletes them once nothing in them is needed.
 *
 * A storage that takes no writes is left as it is: nothing new can come to depend on its packs.
 */
export async function condemnPacks({ storage, envelope, objects }: RepositoryState, packNames: readonly string[], options?: CallOptions): Promise<void> {
  for (;;) {
    const { epoch, condemned } = await readPruneEpoch(storage, envelope, options);
    const known = new Set(condemned.map(({ packName }) => packName));
    // A file that is no pack by its name is somebody else's; nothing relies on it anyway.
    const added = packNames.filter((packName) => /^[\da-f]{64}$/.test(packName) && !known.has(packName));
    if (added.length === 0) return;
    const condemnedAtMs = await storage.timeMs();
    const next = { epoch: epoch + 1, condemned: [...condemned, ...added.map((packName) => ({ packName, condemnedAtMs }))] };
    try {
      await writePruneEpoch(storage, envelope, next, options);
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'storage/read-only' || error.code === 'storage/full') return;
      // Somebody else raised the epoch at the same moment: add to theirs.
      if (error.code !== 'repository/locked') throw error;
      continue;
    }
    // The epoch of the state stays, so that a commit under way follows every reference once more.
    objects.index.setCondemned(next.condemned.map(({ packName }) => packName));
    return;
  }
}
