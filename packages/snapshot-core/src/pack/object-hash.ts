import type { HashName } from '../format/repository-config.ts';
import type { ObjectId } from '../format/object-reference.ts';
import { createIdentity } from '../hashing/create-identity.ts';

/** Computes the identity of an object's bytes. */
export type ObjectHash = (bytes: Uint8Array) => ObjectId;

/** Makes the hash that a repository's config names ready. */
export async function loadObjectHash(name: HashName): Promise<ObjectHash> {
  const identity = await createIdentity(name);
  return (bytes) => identity.identify(bytes);
}
