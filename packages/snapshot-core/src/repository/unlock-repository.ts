import { deriveKey } from '../encryption/derive-key.ts';
import { createPayloadCipher } from '../encryption/payload-cipher.ts';
import { requireCredential, type Credential } from '../encryption/wrapping-key.ts';
import type { RepositorySecrets } from '../encryption/wrap-secrets.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { digestOfConfig, type RepositoryConfig, type StoredConfig } from '../format/repository-config.ts';
import { sameBytes } from '../format/same-bytes.ts';
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
 * New packs are encrypted under the newest data key of the key file that opens. What other key files hold does not count: somebody may
 * have put an old one back.
 *
 * @param credential a credential for a repository that is not encrypted is refused: somebody may have put another in its place
 * @throws {SnapshotError} `repository/key-required`, `repository/wrong-key`, `argument/invalid`, `format/damaged` (a config that was changed, too), `storage/*`
 */
export async function unlockRepository(
  storage: Pick<Storage, 'list' | 'get' | 'description'>, stored: StoredConfig, randomBytes: (lengthBytes: number) => Uint8Array, credential?: Credential, options?: StorageCallOptions,
): Promise<RepositoryAccess> {
  const { config, secret } = stored;
  const { repositoryId, hash, compression } = config;
  if (config.encryption === 'none') {
    if (credential) throw new SnapshotError('repository/wrong-key', `the repository in ${storage.description} is not encrypted, but a passphrase or key was given; make sure it is the right one, and open it without`);
    return { config, secret, envelope: { repositoryId }, codec: await createPackCodec({ repositoryId, hash, compression }) };
  }
  if (!credential) throw new SnapshotError('repository/key-required', `the repository in ${storage.description} is encrypted; give its passphrase or key`);
  requireCredential(credential);
  const keyFile = await openKeyFile(await listKeyFiles(storage, repositoryId, options), credential, repositoryId);
  if (!sameBytes(keyFile.secrets.configDigest, digestOfConfig(stored)))
    throw new SnapshotError('format/damaged', `the config of the repository in ${storage.description} was changed: it is not the one that its keys belong to. Bring config/ back from a copy of the repository; of its two files, which are the same, one may still be right`);
  return accessWith(config, keyFile, randomBytes);
}

/** The same with secrets that are known already. */
export async function accessWith(config: RepositoryConfig, keyFile: OpenedKeyFile, randomBytes: (lengthBytes: number) => Uint8Array): Promise<RepositoryAccess> {
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
      keys: { currentEpoch: dataKeys.length, dataKeys: new Map(dataKeys.map((key, index) => [index + 1, key])) },
    }),
    keyFile,
  };
}

/** Secrets for a new repository. */
export function createSecrets(config: RepositoryConfig, randomBytes: (lengthBytes: number) => Uint8Array): RepositorySecrets {
  return { configDigest: digestOfConfig({ config, secret: new Uint8Array(0) }), master: randomBytes(32), dataKeys: [randomBytes(32)] };
}
