import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { RepositoryConfig } from '../format/repository-config.ts';
import { createPackCodec } from '../pack/pack-codec.ts';
import { readConfigFiles, writeConfigFiles } from './config-files.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { formatVersion } from '../format/format-version.ts';
import { deriveKey } from '../encryption/derive-key.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { ObjectStore } from './object-store.ts';
import { createOpenedRepository } from './opened-repository.ts';
import { createProcessHolder } from './process-holder.ts';
import type { Repository } from './repository.ts';
import type { CreateRepositoryOptions, OpenRepositoryOptions } from './repository-options.ts';
import { reloadForReading, type RepositoryState } from './repository-state.ts';
import { storageOf } from './storage-of.ts';
import { systemClock } from './system-clock.ts';

/**
 * Creates an empty repository with a secret of its own, and opens it.
 *
 * What is chosen here (profile, hash) holds for the life of the repository. A creation that was cut short leaves either
 * nothing or a repository that opens; `check` then misses the second copy of its config.
 *
 * @throws {SnapshotError} `repository/exists`, `storage/*`
 */
export async function createRepository(options: CreateRepositoryOptions): Promise<Repository> {
  const storage = storageOf(options);
  const randomBytes = options.randomBytes ?? nodeRandomBytes;
  const config: RepositoryConfig = {
    formatVersion,
    repositoryId: Buffer.from(randomBytes(16)).toString('hex'),
    createdAtMs: Math.floor((options.clock ?? systemClock).nowMs()),
    hash: options.hash ?? 'sha-256',
    chunker: 'sieve-v1',
    profile: options.profile ?? 'volume',
    compression: options.compression ?? 'none',
    encryption: 'none',
  };
  await createPackCodec(config);
  await writeConfigFiles(storage, { config, secret: randomBytes(32) }, options);
  const repository = await openRepository(options);
  // Where a storage cannot create exclusively, another creation at the same moment may have written the config last.
  if (repository.id !== config.repositoryId) throw new SnapshotError('repository/exists', `another process created a repository in ${storage.description} at the same moment; open that one instead`);
  return repository;
}

/**
 * Opens a repository: reads its config, prune epoch and index. Writes nothing, so a read-only place will do.
 *
 * @throws {SnapshotError} `repository/not-found`, `format/damaged` (no intact config), `format/unsupported`, `storage/*`
 */
export async function openRepository(options: OpenRepositoryOptions): Promise<Repository> {
  const storage = storageOf(options);
  const clock = options.clock ?? systemClock;
  const randomBytes = options.randomBytes ?? nodeRandomBytes;
  const { config, secret } = await readConfigFiles(storage, options);
  const { repositoryId } = config;
  const envelope: FileEnvelope = { repositoryId };
  const codec = await createPackCodec({ repositoryId, hash: config.hash, compression: config.compression });
  const holder = options.holder ?? createProcessHolder();
  const state: RepositoryState = {
    storage,
    config,
    envelope,
    clock,
    randomBytes,
    objects: new ObjectStore({ storage, envelope, codec, randomBytes }),
    leases: new LeaseKeeper({ storage, repositoryId, clock, randomBytes, holder }),
    epoch: 0,
  };
  state.epoch = (await reloadForReading(state, options)).epoch;
  const chunkKeys = {
    chunkingKey: deriveKey(secret, 'chunking key v1'),
    fingerprintKeys: { macKey: deriveKey(secret, 'fingerprint key v1').subarray(0, 16), sealKey: deriveKey(secret, 'fingerprint seal key v1') },
  };
  return createOpenedRepository(state, chunkKeys, holder);
}
