/** Lower-case hexadecimal text of a 256-bit identity: 64 characters. Objects with the same bytes have the same id. */
export type ObjectId = string;

/** `data`: bytes of a file or image. `tree`: an encoded tree object, the only kind that may refer to others. */
export type ObjectKind = (typeof objectKinds)[number];

/** Largest object; bounds what a reader has to hold in memory for one. */
export const maxObjectBytes = 67_108_864;

/** Object kinds by their stored number. */
export const objectKinds = ['data', 'tree'] as const;

/**
 * Why a chunk ends where it ends. Only `content` cuts can be predicted by a later snapshot.
 * `max`: the profile's largest size; `region`: the edge of the 64 MiB grid; `end`: the end of the source.
 */
export type CutMark = (typeof cutMarks)[number];

/** Cut marks by their stored number. */
export const cutMarks = ['content', 'max', 'region', 'end'] as const;

/** One outgoing edge of a tree object: which object comes next, how long it is, and how its end was cut. */
export interface ObjectReference {
  readonly kind: ObjectKind;
  readonly id: ObjectId;
  /** Length of the object in bytes, exact; a loaded object of another length is damaged. */
  readonly lengthBytes: number;
  /** For chunks: their cut. For references to trees: always `end`. */
  readonly cut: CutMark;
  /**
   * Present on the chunk that ends a group: keyed, sealed fingerprint of the whole group's bytes, 16 bytes. Lets a later snapshot see
   * that nothing changed; never an identity.
   *
   * @see docs/design/repository-format.md#fingerprint-groups
   */
  readonly fingerprint?: Uint8Array;
}

/** Bytes of a fingerprint. */
export const fingerprintBytes = 16;
