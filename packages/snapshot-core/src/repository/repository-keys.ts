import type { Credential } from '../encryption/wrapping-key.ts';
import type { LeaseOptions } from './lease.ts';

/** One passphrase or key that opens the repository, as `listKeys` tells. */
export interface KeyDescription {
  /** For `removeKey`. */
  readonly id: string;
  readonly kind: 'passphrase' | 'raw-key';
  /** Given when it was added. Stored in plain. */
  readonly label: string;
  readonly createdAtMs: number;
  /** Whether it opened this object. */
  readonly isOwn: boolean;
  /** Whether it lacks data keys that this object has: a rotation was cut short, or somebody put an old key file back. */
  readonly isOutdated: boolean;
}

/** How a key is added. */
export interface AddKeyOptions extends LeaseOptions {
  /** For people, at most 255 bytes, stored in plain. Default: empty. */
  readonly label?: string;
}

/** How the data key is changed. */
export interface RotateDataKeyOptions extends LeaseOptions {
  /** One for each key file but the one this object was opened with; the secrets in them are wrapped anew. */
  readonly others?: readonly Credential[];
  /** Your word that nobody else uses the repository until it is done; asked for where `prune` asks for it. Default false. */
  readonly exclusive?: boolean;
}

/**
 * The passphrases and keys that open an encrypted repository. Each lies in a key file that wraps the same secrets.
 *
 * Calls that write take an exclusive lease themselves; do not hold one. They refuse a repository that is not encrypted with `argument/invalid`,
 * and one that was opened with too few data keys with `repository/key-outdated`.
 * Nobody can be made to forget: whoever once opened the repository and kept a copy of a key file, or of the secrets, can still read what
 * those secrets open. Only a new repository with new secrets changes that.
 */
export interface RepositoryKeys {
  /** Key files that can be read, oldest first. */
  listKeys(options?: LeaseOptions): Promise<readonly KeyDescription[]>;

  /** Lets one more passphrase or key open the repository. Encrypts nothing anew. @returns what was added */
  addKey(credential: Credential, options?: AddKeyOptions): Promise<KeyDescription>;

  /**
   * Removes a key file, so that its passphrase or key opens the repository no more. Encrypts nothing anew, and does not reach copies of
   * the file; rotate the data key afterwards so that at least new packs cannot be read with it. Removing one that is gone does nothing.
   *
   * @throws {SnapshotError} `argument/invalid` for the last one that is left, or the last that holds all data keys
   */
  removeKey(id: string, options?: LeaseOptions): Promise<void>;

  /**
   * Replaces the key file that opened this object by one for another passphrase or key, which is durable before the old file goes.
   * The secrets stay: does not protect against somebody who kept the old file and knows the old passphrase.
   */
  changePassphrase(credential: Credential, options?: AddKeyOptions): Promise<KeyDescription>;

  /**
   * Adds a data key, under which repositories opened from now on encrypt new packs; this object goes on with the old one until it is
   * opened again. Packs that exist stay as they are and readable. Keys for identity, boundaries, prediction and small files never change,
   * so snapshot records, and what the same bytes are, stay open to whoever has the old secrets.
   *
   * All key files are written anew, that of this object first, before any old one goes. After one that was cut short some key files lack the new
   * data key: who opens with them writes under the old one, until something is stored under the new one; then he is refused. Run it again.
   *
   * @throws {SnapshotError} `repository/wrong-key` when a key file is opened by none of the credentials: give it, or remove that key first;
   *   `storage/not-exclusive`
   */
  rotateDataKey(options?: RotateDataKeyOptions): Promise<void>;
}
