import { cutMarks, fingerprintBytes, type CutMark } from '../../format/object-reference.ts';
import type { ContentReference } from '../../format/tree-entry.ts';

/** Bytes of one reference on its way between threads: id 32, length u32, cut u8, mark u8, zero 2, fingerprint 16. */
export const packedReferenceBytes = 56;
const idBytes = 32;
const lengthAt = 32;
const cutAt = 36;
const markAt = 37;
const fingerprintAt = 40;

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
  #count = 0;

  constructor(expectedCount = 1_024) {
    this.#bytes = new Uint8Array(Math.max(1, expectedCount) * packedReferenceBytes);
  }

  /** Copies the chunk's id and fingerprint. */
  add({ id, lengthBytes, cut, fingerprint }: PackedChunk): void {
    const at = this.#count * packedReferenceBytes;
    if (at === this.#bytes.length) {
      const grown = new Uint8Array(2 * at);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const bytes = this.#bytes;
    bytes.set(id, at);
    new DataView(bytes.buffer).setUint32(at + lengthAt, lengthBytes, true);
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

/** One packed reference; id and fingerprint are views. */
export function packedChunkAt(packed: Uint8Array, ordinal: number): PackedChunk {
  const at = ordinal * packedReferenceBytes;
  const view = new DataView(packed.buffer, packed.byteOffset + at, packedReferenceBytes);
  return {
    id: packed.subarray(at, at + idBytes),
    lengthBytes: view.getUint32(lengthAt, true),
    cut: cutMarks[view.getUint8(cutAt)] ?? 'end',
    fingerprint: view.getUint8(markAt) === 1 ? packed.subarray(at + fingerprintAt, at + fingerprintAt + fingerprintBytes) : undefined,
  };
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
