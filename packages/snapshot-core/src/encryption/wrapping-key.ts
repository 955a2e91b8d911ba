import { scrypt } from 'node:crypto';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { secretBytes, type KeyDerivation } from '../format/key-file.ts';
import { deriveKey } from './derive-key.ts';

/** What a person holds to open a repository. The passphrase is used as NFC in UTF-8; the raw key has 32 bytes. */
export type Credential = { readonly passphrase: string; readonly key?: never } | { readonly key: Uint8Array; readonly passphrase?: never };

/** What opening costs with a passphrase: 128 MiB and about half a second. */
export const defaultCost = { costLog2: 17, blockSize: 8, parallelism: 1 } as const;

/** @throws {SnapshotError} `argument/invalid` for an empty passphrase, or a key that has not 32 bytes; never says what was given */
export function requireCredential(credential: Credential): void {
  if (credential.key === undefined ? credential.passphrase.length === 0 : credential.key.length !== secretBytes)
    throw new SnapshotError('argument/invalid', credential.key === undefined ? 'the passphrase is empty' : `an encryption key has ${secretBytes} bytes, this one has ${credential.key.length}`);
}

/** Whether a credential is of the kind a key file was made for. */
export function fitsDerivation(credential: Credential, derivation: KeyDerivation): boolean {
  return derivation.kind === (credential.key === undefined ? 'passphrase' : 'raw-key');
}

/** The key of 32 bytes that wraps the secrets in a key file. Slow on purpose for a passphrase. */
export async function deriveWrappingKey(credential: Credential, derivation: KeyDerivation, salt: Uint8Array): Promise<Uint8Array> {
  if (credential.key !== undefined) return deriveKey(credential.key, 'key file v1', salt);
  if (derivation.kind === 'raw-key') throw new SnapshotError('argument/invalid', 'a passphrase does not open a key file made for a raw key');
  const { costLog2, blockSize, parallelism } = derivation;
  const memoryBytes = 128 * blockSize * (2 ** costLog2 + parallelism + 2);
  return new Promise((resolve, reject) => {
    scrypt(credential.passphrase.normalize('NFC'), salt, secretBytes, { N: 2 ** costLog2, r: blockSize, p: parallelism, maxmem: memoryBytes }, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}
