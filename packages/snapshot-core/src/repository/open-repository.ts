import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { RepositoryConfig } from '../format/repository-config.ts';
import { readConfigFiles, writeConfigFiles } from './config-files.ts';
import { formatVersion } from '../format/format-version.ts';
import { requireCredential } from '../encryption/wrapping-key.ts';
import { createRepositoryState } from './create-repository-state.ts';
import { createOpenedRepository } from './opened-repository.ts';
import { createProcessHolder } from './process-holder.ts';
import type { Repository } from './repository.ts';
import { credentialOf } from './credential-of.ts';
import { makeKeyFile, storeKeyFile } from './key-files.ts';
import type { CreateRepositoryOptions, OpenRepositoryOptions, RepositoryOptions } from './repository-options.ts';
import { accessWith, createSecrets, unlockRepository, type RepositoryAccess } from './unlock-repository.ts';
import type { Storage } from '../storage/storage.ts';
import { reloadForReading } from './repository-state.ts';
import { storageOf } from './storage-of.ts';
import { systemClock } from './system-clock.ts';

/**
 * Creates an empty repository with a secret of its own, and opens it.
 *
 * What is chosen here (profile, hash, whether it is encrypted) holds for the life of the repository. A creation that was cut short
 * leaves either nothing, or a key file that belongs to no repository and does no harm, or a repository that opens; `check` then misses
 * the second copy of its config.
 *
 * @throws {SnapshotError} `repository/exists`, `argument/invalid`, `storage/*`
 */
export async function createRepository(options: CreateRepositoryOptions): Promise<Repository> {
  const storage = storageOf(options);
  const randomBytes = options.randomBytes ?? nodeRandomBytes;
  const createdAtMs = Math.floor((options.clock ?? systemClock).nowMs());
  const config: RepositoryConfig = {
    formatVersion,
    repositoryId: Buffer.from(randomBytes(16)).toString('hex'),
    createdAtMs,
    hash: options.hash ?? 'blake3',
    chunker: 'sieve-v1',
    profile: options.profile ?? 'volume',
    compression: options.compression ?? 'zstd',
    encryption: options.encryption ? 'aes-256-gcm' : 'none',
  };
  if ('passphrase' in options || 'key' in options) throw new SnapshotError('argument/invalid', 'a new repository takes its passphrase or key as encryption: { passphrase } or { key }');
  const access = await createAccess(config, randomBytes, options);
  const secret = access.keyFile ? new Uint8Array(0) : access.secret;
  // The keys first: a config without them would be a repository that nobody can open.
  const keyFileName = access.keyFile && (await storeKeyFile(storage, config.repositoryId, access.keyFile.file, options));
  try {
    await writeConfigFiles(storage, { config, secret }, options);
  } catch (error) {
    // Where another repository is, ours has no use. After any other failure a copy of the config may be there, which needs it.
    const isTaken = SnapshotError.isInstance(error) && error.code === 'repository/exists';
    if (keyFileName !== undefined && isTaken) await storage.delete('key', keyFileName).catch(() => undefined);
    throw error;
  }
  const stored = await readConfigFiles(storage, options);
  // Where a storage cannot create exclusively, another creation at the same moment may have written the config last.
  if (stored.config.repositoryId !== config.repositoryId)
    throw new SnapshotError('repository/exists', `another process created a repository in ${storage.description} at the same moment; open that one instead`);
  return openWith(storage, access, options);
}

/**
 * Opens a repository: reads its config, its key files if it is encrypted, prune epoch and index. Writes nothing, so a read-only place will do.
 *
 * @throws {SnapshotError} `repository/not-found`, `repository/key-required`, `repository/wrong-key` (also when a credential is given for a
 *   repository that is not encrypted), `format/damaged` (no intact config, one that was changed, no intact key file),
 *   `format/unsupported`, `storage/*`
 */
export async function openRepository(options: OpenRepositoryOptions): Promise<Repository> {
  const storage = storageOf(options);
  const stored = await readConfigFiles(storage, options);
  return openWith(storage, await unlockRepository(storage, stored, options.randomBytes ?? nodeRandomBytes, credentialOf(options), options), options);
}

async function createAccess(config: RepositoryConfig, randomBytes: (lengthBytes: number) => Uint8Array, { encryption, ...options }: CreateRepositoryOptions): Promise<RepositoryAccess> {
  if (!encryption) return unlockRepository(storageOf(options), { config, secret: randomBytes(32) }, randomBytes);
  requireCredential(encryption);
  const keyFile = await makeKeyFile(createSecrets(config, randomBytes), encryption, config.repositoryId, { createdAtMs: config.createdAtMs, label: '' }, randomBytes);
  return accessWith(config, keyFile, randomBytes);
}

async function openWith(storage: Storage, access: RepositoryAccess, options: RepositoryOptions): Promise<Repository> {
  const holder = options.holder ?? createProcessHolder();
  const state = createRepositoryState(storage, access, { ...options, holder });
  state.epoch = (await reloadForReading(state, options)).epoch;
  return createOpenedRepository(state, access, holder);
}
