import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeRepositoryConfig, encodeRepositoryConfig, type StoredConfig } from '../format/repository-config.ts';
import { openSealedFile, sealFile } from '../format/sealed-file.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** The config is stored twice, because without it nothing else can be read. The last one written makes the repository exist. */
export const configNames = ['copy', 'primary'] as const;

/** Stores both copies. @throws {SnapshotError} `repository/exists`, `storage/*` */
export async function writeConfigFiles(storage: Storage, stored: StoredConfig, options?: StorageCallOptions): Promise<void> {
  const bytes = sealFile('config', { repositoryId: stored.config.repositoryId }, encodeRepositoryConfig(stored));
  try {
    for (const name of configNames) await storage.put('config', name, [bytes], options);
  } catch (error) {
    if (SnapshotError.isInstance(error) && error.code === 'storage/exists')
      throw new SnapshotError('repository/exists', `${storage.description} holds a repository already; open it instead`, { cause: error });
    throw error;
  }
}

/**
 * Reads the config from the first copy that is intact.
 *
 * @throws {SnapshotError} `repository/not-found`; `format/damaged` or `storage/failed` when no copy can be read; `format/unsupported`
 */
export async function readConfigFiles(storage: Storage, options?: StorageCallOptions): Promise<StoredConfig> {
  let damage: SnapshotError | undefined;
  for (const name of configNames.toReversed()) {
    try {
      return decodeConfigFile(await storage.get('config', name, options), name);
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'format/damaged' || error.code === 'storage/failed') damage = error;
      else if (error.code !== 'storage/not-found') throw error;
    }
  }
  throw damage ?? new SnapshotError('repository/not-found', `there is no repository in ${storage.description}; create one first`);
}

/** Opens one copy. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeConfigFile(bytes: Uint8Array, name: string): StoredConfig {
  const { payload, repositoryId } = openSealedFile('config', bytes, `the repository config (${name})`);
  return decodeRepositoryConfig(payload, repositoryId);
}
