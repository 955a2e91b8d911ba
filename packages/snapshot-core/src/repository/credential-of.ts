import type { Credential } from '../encryption/wrapping-key.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { OpenRepositoryOptions } from './repository-options.ts';

/** The passphrase or key that was given, or `undefined`. @throws {SnapshotError} `argument/invalid` for both at once */
export function credentialOf({ passphrase, key }: Pick<OpenRepositoryOptions, 'passphrase' | 'key'>): Credential | undefined {
  if (passphrase !== undefined && key !== undefined) throw new SnapshotError('argument/invalid', 'a passphrase and a key were given; give one of them');
  if (passphrase !== undefined) return { passphrase };
  return key && { key };
}
