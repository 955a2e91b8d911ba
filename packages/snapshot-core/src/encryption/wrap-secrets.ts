import { encodeKeyFileHead, secretBytes, type KeyFile } from '../format/key-file.ts';
import { decryptGcm, encryptGcm, gcmTagBytes } from './aes-gcm.ts';

/** What a key file guards. Keep it out of logs and errors. */
export interface RepositorySecrets {
  /** SHA-256 of the config's payload: no secret, but what nobody may change. */
  readonly configDigest: Uint8Array;
  /** 32 random bytes from which the keys that never rotate are derived: identity, boundaries, prediction, small files. */
  readonly master: Uint8Array;
  /** 32 random bytes each, for packs; that of epoch 1 comes first. */
  readonly dataKeys: readonly Uint8Array[];
}

const contextLabel = Buffer.from('winre-kit key file v1', 'latin1');

/**
 * Encrypts the secrets under a wrapping key. The head of the file and the repository are authenticated with them.
 *
 * @param head the file but for its secrets; its nonce must be new
 */
export function wrapSecrets(secrets: RepositorySecrets, wrappingKey: Uint8Array, repositoryId: string, head: Omit<KeyFile, 'wrapped'>): KeyFile {
  const plain = Buffer.concat([secrets.configDigest, secrets.master, ...secrets.dataKeys]);
  const { bytes, tag } = encryptGcm(wrappingKey, head.nonce, contextOf(repositoryId, head), plain);
  plain.fill(0);
  return { ...head, wrapped: new Uint8Array(Buffer.concat([bytes, tag])) };
}

/** The secrets in a key file, or `undefined` when it was not wrapped under this key. */
export function unwrapSecrets(file: KeyFile, wrappingKey: Uint8Array, repositoryId: string): RepositorySecrets | undefined {
  const end = file.wrapped.length - gcmTagBytes;
  const plain = decryptGcm(wrappingKey, file.nonce, contextOf(repositoryId, file), file.wrapped.subarray(0, end), file.wrapped.subarray(end));
  if (plain?.length !== secretBytes * (2 + file.dataKeyCount)) return undefined;
  const part = (index: number): Uint8Array => new Uint8Array(plain.subarray(index * secretBytes, (index + 1) * secretBytes));
  return { configDigest: part(0), master: part(1), dataKeys: Array.from({ length: file.dataKeyCount }, (_, index) => part(2 + index)) };
}

function contextOf(repositoryId: string, head: Omit<KeyFile, 'wrapped'>): Uint8Array {
  return Buffer.concat([contextLabel, Buffer.from(repositoryId, 'hex'), encodeKeyFileHead(head)]);
}
