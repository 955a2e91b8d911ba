import { deriveKey } from '../encryption/derive-key.ts';
import { createPayloadCipher } from '../encryption/payload-cipher.ts';
import { requireCredential, type Credential } from '../encryption/wrapping-key.ts';
import type { RepositorySecrets } from '../encryption/wrap-secrets.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { RepositoryConfig, StoredConfig } from '../format/repository-config.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { createPackCodec, type PackCodec } from '../pack/pack-codec.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';
import { listKeyFiles, openKeyFile, type OpenedKeyFile } from './key-files.ts';

/** What is needed to read and write a repository's files. Holds secrets. */
export interface RepositoryAccess {
  readonly config: RepositoryConfig;
  /** 32 bytes from which the keys that never rotate are derived, by purpose. */
  readonly secret: Uint8Array;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  /** What opened an encrypted repository. */
  readonly keyFile?: OpenedKeyFile;
}

/**
 * Gets at the secrets of a repository.
 *
 * New packs are encrypted under the newest data key that every key file holds, so that nothing is written that some of them cannot read.
 *
 * @param credential a credential for a repository that is not encrypted is refused: somebody may have put another in its place
 * @throws {SnapshotError} `repository/key-required`, `repository/wrong-key`, `argument/invalid`, `format/damaged`, `storage/*`
 */
export async function unlockRepository(
  storage: Pick<Storage, 'list' | 'get' | 'description'>, { config, secret }: StoredConfig, randomBytes: (lengthBytes: number) => Uint8Array, credential?: Credential, options?: StorageCallOptions,
): Promise<RepositoryAccess> {
  const { repositoryId, hash, compression } = config;
  if (config.encryption === 'none') {
    if (credential) throw new SnapshotError('repository/wrong-key', `the repository in ${storage.description} is not encrypted, but a passphrase or key was given; make sure it is the right one, and open it without`);
    return { config, secret, envelope: { repositoryId }, codec: await createPackCodec({ repositoryId, hash, compression }) };
  }
  if (!credential) throw new SnapshotError('repository/key-required', `the repository in ${storage.description} is encrypted; give its passphrase or key`);
  requireCredential(credential);
  const list = await listKeyFiles(storage, repositoryId, options);
  const keyFile = await openKeyFile(list, credential, repositoryId);
  return accessWith(config, keyFile, Math.min(...list.files.map(({ dataKeyCount }) => dataKeyCount)), randomBytes);
}

/** The same with secrets that are known already. @param currentEpoch epoch of the data key for new packs */
export async function accessWith(config: RepositoryConfig, keyFile: OpenedKeyFile, currentEpoch: number, randomBytes: (lengthBytes: number) => Uint8Array): Promise<RepositoryAccess> {
  const { repositoryId, hash, compression } = config;
  const { master, dataKeys } = keyFile.secrets;
  return {
    config,
    secret: master,
    envelope: { repositoryId, cipher: createPayloadCipher(deriveKey(master, 'file key v1'), randomBytes) },
    codec: await createPackCodec({
      repositoryId,
      hash,
      compression,
      identityKey: deriveKey(master, 'identity key v1'),
      keys: { currentEpoch, dataKeys: new Map(dataKeys.map((key, index) => [index + 1, key])) },
    }),
    keyFile,
  };
}

/** Secrets for a new repository. */
export function createSecrets(randomBytes: (lengthBytes: number) => Uint8Array): RepositorySecrets {
  return { master: randomBytes(32), dataKeys: [randomBytes(32)] };
}
