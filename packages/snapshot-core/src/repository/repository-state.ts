import { SnapshotError } from '../errors/snapshot-error.ts';
import type { RepositoryConfig } from '../format/repository-config.ts';
import type { PruneEpoch } from '../format/prune-epoch.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import type { Storage } from '../storage/storage.ts';
import type { CallOptions } from './call-options.ts';
import type { Clock } from './clock.ts';
import { readPruneEpoch } from './epoch-files.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { ObjectStore } from './object-store.ts';

/** What the steps of a repository share. */
export interface RepositoryState {
  readonly storage: Storage;
  readonly config: RepositoryConfig;
  /** For everything that is sealed. */
  readonly envelope: FileEnvelope;
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly objects: ObjectStore;
  readonly leases: LeaseKeeper;
  /** Epoch that every answer about stored objects since then was given under. */
  epoch: number;
}

/** Stands for an epoch that could not be read. Equal to no other, so that nothing is committed or pruned under it. */
const unknownEpoch = -1;

/**
 * Reads epoch and index anew.
 *
 * @returns the epoch that was read; `state.epoch` is left to the caller to decide
 */
export async function reloadIndex(state: RepositoryState, options?: CallOptions): Promise<PruneEpoch> {
  const epoch = await readPruneEpoch(state.storage, state.envelope, options);
  await state.objects.reload(epoch.condemned.map(({ packName }) => packName), options);
  return epoch;
}

/** The same for whoever only reads: an epoch on bad sectors does not keep a snapshot from being restored. */
export async function reloadForReading(state: RepositoryState, options?: CallOptions): Promise<PruneEpoch> {
  try {
    return await reloadIndex(state, options);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'storage/failed') throw error;
    await state.objects.reload(undefined, options);
    return { epoch: unknownEpoch, condemned: [] };
  }
}
