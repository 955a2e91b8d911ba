import type { ObjectReference } from './object-reference.ts';

/**
 * A node: a table of references to other objects, and a payload that belongs to the layer above.
 *
 * The payload names objects by their position in the table, never by id. That is why prune and check can follow
 * every edge without knowing what a directory or an image is, and why an id can never be referenced unseen.
 */
export interface TreeObject {
  readonly references: readonly ObjectReference[];
  /** One 16-byte sealed fingerprint per reference, in order; absent when the writer kept none. */
  readonly fingerprints?: readonly Uint8Array[];
  /** Opaque to this layer; may be empty. */
  readonly payload: Uint8Array;
}

/**
 * Encodes a tree object. The same object always gives the same bytes, so equal folders become one stored object.
 *
 * @throws {SnapshotError} `argument/invalid` for a malformed id, a length beyond 2^32 - 1, or a fingerprint count that does not match
 */
export declare function encodeTreeObject(tree: TreeObject): Uint8Array;

/**
 * Decodes a tree object; refuses any byte it does not know. The payload is a view into `bytes`.
 *
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`
 */
export declare function decodeTreeObject(bytes: Uint8Array): TreeObject;
