import { deriveWrappingKey, defaultCost, fitsDerivation, type Credential } from '../encryption/wrapping-key.ts';
import { unwrapSecrets, wrapSecrets, type RepositorySecrets } from '../encryption/wrap-secrets.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeKeyFile, encodeKeyFile, keyFileName, type KeyDerivation, type KeyFile } from '../format/key-file.ts';
import { openSealedFile, sealFile } from '../format/sealed-file.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** A key file that could be opened, and what opened it. */
export interface OpenedKeyFile {
  readonly file: KeyFile;
  readonly wrappingKey: Uint8Array;
  readonly secrets: RepositorySecrets;
}

/** The key files of a repository: those that can be read, of each id the one with most data keys, and what is wrong with the others. */
export interface KeyFileList {
  readonly files: readonly KeyFile[];
  /** Names of files that a newer one of the same id replaces: a rotation that was cut short leaves them. */
  readonly replaced: readonly string[];
  readonly damage: readonly SnapshotError[];
}

/** Reads all key files, oldest first. One that is damaged does not keep the others from being used. */
export async function listKeyFiles(storage: Pick<Storage, 'list' | 'get'>, repositoryId: string, options?: StorageCallOptions): Promise<KeyFileList> {
  const newest = new Map<string, KeyFile>();
  const replaced: string[] = [];
  const damage: SnapshotError[] = [];
  for await (const { name } of storage.list('key', options)) {
    try {
      const file = decodeNamedKeyFile(await storage.get('key', name, options), name, repositoryId);
      const present = newest.get(file.id);
      const isNewer = !present || file.dataKeyCount > present.dataKeyCount;
      if (isNewer) newest.set(file.id, file);
      if (present) replaced.push(keyFileName(isNewer ? present : file));
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'format/damaged' || error.code === 'storage/failed') damage.push(error);
      else if (error.code !== 'storage/not-found') throw error;
    }
  }
  return { files: [...newest.values()].toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1)), replaced, damage };
}

/** Opens the envelope of a key file. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeNamedKeyFile(bytes: Uint8Array, name: string, repositoryId: string): KeyFile {
  const what = `the key file ${name}`;
  const file = decodeKeyFile(openSealedFile('key', bytes, what, { repositoryId }).payload);
  if (keyFileName(file) !== name) throw new SnapshotError('format/damaged', `${what} is damaged: it holds the key ${keyFileName(file)}`);
  return file;
}

/**
 * Finds the key file that a passphrase or key opens, with the most data keys where there are several: an old one may have been put back.
 *
 * @throws {SnapshotError} `repository/wrong-key`; `format/damaged` or `storage/failed` when none fits and some could not be read
 */
export async function openKeyFile({ files, damage }: KeyFileList, credential: Credential, repositoryId: string): Promise<OpenedKeyFile> {
  for (const file of files.toSorted((a, b) => b.dataKeyCount - a.dataKeyCount)) {
    if (!fitsDerivation(credential, file.derivation)) continue;
    const wrappingKey = await deriveWrappingKey(credential, file.derivation, file.salt);
    const secrets = unwrapSecrets(file, wrappingKey, repositoryId);
    if (secrets) return { file, wrappingKey, secrets };
  }
  if (files.length === 0) throw damage[0] ?? new SnapshotError('format/damaged', 'the repository is encrypted, and its key files are gone; bring keys/ back from a copy of the repository');
  const what = credential.key === undefined ? 'passphrase' : 'key';
  const unread = damage.length === 0 ? '' : `; ${damage.length} more could not be read (${damage[0]?.message})`;
  throw new SnapshotError('repository/wrong-key', `this ${what} opens none of the repository's ${files.length} key files${unread}`);
}

/** How a new key file is told from others. */
export interface NewKeyFile {
  readonly createdAtMs: number;
  readonly label: string;
}

/** Wraps the secrets for one more credential. Writes nothing. */
export async function makeKeyFile(
  secrets: RepositorySecrets, credential: Credential, repositoryId: string, { createdAtMs, label }: NewKeyFile, randomBytes: (lengthBytes: number) => Uint8Array,
): Promise<OpenedKeyFile> {
  const derivation: KeyDerivation = credential.key === undefined ? { kind: 'passphrase', ...defaultCost } : { kind: 'raw-key' };
  const head = { id: Buffer.from(randomBytes(16)).toString('hex'), dataKeyCount: secrets.dataKeys.length, derivation, createdAtMs, label, salt: randomBytes(32), nonce: randomBytes(12) };
  const wrappingKey = await deriveWrappingKey(credential, derivation, head.salt);
  return { file: wrapSecrets(secrets, wrappingKey, repositoryId, head), wrappingKey, secrets };
}

/** Makes a key file durable; never replaces one. @returns its name */
export async function storeKeyFile(storage: Pick<Storage, 'put'>, repositoryId: string, file: KeyFile, options?: StorageCallOptions): Promise<string> {
  const name = keyFileName(file);
  await storage.put('key', name, [sealFile('key', { repositoryId }, encodeKeyFile(file))], options);
  return name;
}
