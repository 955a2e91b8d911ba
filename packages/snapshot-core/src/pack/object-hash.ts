import { SnapshotError } from '../errors/snapshot-error.ts';
import type { HashName } from '../format/repository-config.ts';
import type { ObjectId } from '../format/object-reference.ts';
import { sha256 } from '../hashing/sha-256.ts';

/** Computes the identity of an object's bytes. */
export type ObjectHash = (bytes: Uint8Array) => ObjectId;

/** The hash that a repository's config names. @throws {SnapshotError} `format/unsupported` for one this release cannot compute */
export function selectObjectHash(name: HashName): ObjectHash {
  if (name === 'sha-256') return sha256;
  throw new SnapshotError('format/unsupported', `the repository identifies objects by ${name}, which this release cannot compute; it can compute sha-256`);
}
