import { randomBytes as nodeRandomBytes } from 'node:crypto';
import type { Storage } from '../storage/storage.ts';
import type { LeaseHolder } from './lease.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { ObjectStore } from './object-store.ts';
import type { RepositoryOptions } from './repository-options.ts';
import type { RepositoryState } from './repository-state.ts';
import { systemClock } from './system-clock.ts';
import type { RepositoryAccess } from './unlock-repository.ts';

/** The state of a repository that was unlocked: nothing of index and epoch is read yet. */
export function createRepositoryState(
  storage: Storage, { config, envelope, codec }: RepositoryAccess, options: Pick<RepositoryOptions, 'clock' | 'randomBytes'> & { readonly holder: LeaseHolder },
): RepositoryState {
  const { clock = systemClock, randomBytes = nodeRandomBytes, holder } = options;
  return {
    storage,
    config,
    envelope,
    clock,
    randomBytes,
    objects: new ObjectStore({ storage, envelope, codec, randomBytes }),
    leases: new LeaseKeeper({ storage, repositoryId: config.repositoryId, clock, randomBytes, holder }),
    epoch: 0,
  };
}
