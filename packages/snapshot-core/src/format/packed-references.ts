import { cutMarks, fingerprintBytes, type CutMark } from './object-reference.ts';
import type { ContentReference } from './tree-entry.ts';

/** Bytes of one reference on its way between threads: as a tree object stores it (40), and its fingerprint or zeros (16). */
export const packedReferenceBytes = 56;
/** Where the fields of a packed reference lie. The kind is always `data`, which is 0. */
export const packedLayout = { lengthAt: 32, kindAt: 36, cutAt: 37, markAt: 38, fingerprintAt: 40 } as const;
const idBytes = 32;
const { lengthAt, cutAt, markAt, fingerprintAt } = packedLayout;

/** A chunk as the hot loop sees it: no text, no copies. */
export interface PackedChunk {
  readonly id: Uint8Array;
  readonly lengthBytes: number;
  readonly cut: CutMark;
  /** Set on the last chunk of a group. */
  readonly fingerprint?: Uint8Array | undefined;
}

/** References to the chunks of a content in one growing block of bytes, which crosses threads without being copied. */
export class PackedReferenceWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #count = 0;

  constructor(expectedCount = 1_024) {
    this.#bytes = new Uint8Array(Math.max(1, expectedCount) * packedReferenceBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Copies the chunk's id and fingerprint. */
  add({ id, lengthBytes, cut, fingerprint }: PackedChunk): void {
    const at = this.#count * packedReferenceBytes;
    if (at === this.#bytes.length) {
      const grown = new Uint8Array(2 * at);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    const bytes = this.#bytes;
    bytes.set(id, at);
    this.#view.setUint32(at + lengthAt, lengthBytes, true);
    bytes[at + cutAt] = cutMarks.indexOf(cut);
    bytes[at + markAt] = fingerprint === undefined ? 0 : 1;
    if (fingerprint !== undefined) bytes.set(fingerprint, at + fingerprintAt);
    this.#count += 1;
  }

  /** The bytes so far; they belong to the caller, and the writer must not be used afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#count * packedReferenceBytes);
  }
}

/** Number of references in packed bytes. */
export function countPacked(packed: Uint8Array): number {
  return packed.length / packedReferenceBytes;
}

/** The id of one packed reference; a view. */
export function packedIdAt(packed: Uint8Array, ordinal: number): Uint8Array {
  const at = ordinal * packedReferenceBytes;
  return packed.subarray(at, at + idBytes);
}

/** Length of one packed reference's chunk. */
export function packedLengthAt(packed: Uint8Array, ordinal: number): number {
  const at = ordinal * packedReferenceBytes + lengthAt;
  return (packed[at] ?? 0) + (packed[at + 1] ?? 0) * 0x100 + (packed[at + 2] ?? 0) * 0x1_0000 + (packed[at + 3] ?? 0) * 0x100_0000;
}

/** Bytes of all chunks together. */
export function packedBytesOf(packed: Uint8Array): number {
  let bytes = 0;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) bytes += packedLengthAt(packed, ordinal);
  return bytes;
}

/** Packs the references of a content. */
export function packReferences(references: readonly ContentReference[]): Uint8Array<ArrayBuffer> {
  const writer = new PackedReferenceWriter(references.length);
  for (const reference of references) writer.add(toPackedChunk(reference));
  return writer.finish();
}

/** One packed reference; id and fingerprint are views. */
export function packedChunkAt(packed: Uint8Array, ordinal: number): PackedChunk {
  const at = ordinal * packedReferenceBytes;
  return {
    id: packed.subarray(at, at + idBytes),
    lengthBytes: packedLengthAt(packed, ordinal),
    cut: cutMarks[packed[at + cutAt] ?? 0] ?? 'end',
    fingerprint: packed[at + markAt] === 1 ? packed.subarray(at + fingerprintAt, at + fingerprintAt + fingerprintBytes) : undefined,
  };
}

/** Every packed reference in order; ids and fingerprints are views. */
export function* packedChunks(packed: Uint8Array): Generator<PackedChunk> {
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) yield packedChunkAt(packed, ordinal);
}

/** A packed chunk as an entry of a content; copies what it takes over. */
export function toContentReference({ id, lengthBytes, cut, fingerprint }: PackedChunk): ContentReference {
  return {
    kind: 'data', id: Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex'), lengthBytes, cut, measure: lengthBytes,
    ...(fingerprint !== undefined && { fingerprint: new Uint8Array(fingerprint) }),
  };
}

/** The way back. */
export function toPackedChunk({ id, lengthBytes, cut, fingerprint }: ContentReference): PackedChunk {
  return { id: Buffer.from(id, 'hex'), lengthBytes, cut, fingerprint };
}
