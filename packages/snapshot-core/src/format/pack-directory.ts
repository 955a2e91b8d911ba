import { SnapshotError } from '../errors/snapshot-error.ts';
import { maxObjectBytes, type ObjectId } from './object-reference.ts';

/** How the bytes of a frame are compressed. */
export type FrameCompression = (typeof frameCompressions)[number];

/** Objects stored together: the unit of compression and encryption. */
export interface PackFrame {
  readonly ordinal: number;
  /** From the start of the file. */
  readonly offset: number;
  readonly storedBytes: number;
  /** After decryption and decompression, exact. */
  readonly plainBytes: number;
  readonly compression: FrameCompression;
  /** 16 bytes, a view: the AES-GCM tag, or the check of a compressed frame, or zero. */
  readonly seal: Uint8Array;
  /** Ordinal of its first object. */
  readonly firstObject: number;
  readonly objectCount: number;
}

/** One object in a pack. */
export interface PackedObject {
  /** Position among the objects of its pack. */
  readonly ordinal: number;
  readonly id: ObjectId;
  readonly frame: PackFrame;
  /** Within the frame's plain bytes. */
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Bytes before the first frame. */
export const packPrefixBytes = 32;
/** Compressions by their stored number. */
export const frameCompressions = ['none', 'zstd'] as const;
export const directoryHeaderBytes = 8;
export const frameEntryBytes = 32;
export const objectEntryBytes = 36;
export const frameSealBytes = 16;
const objectIdBytes = 32;
const sealOffset = 16;

/** Most objects a pack may hold; object ordinals fit in 20 bits. */
export const maxPackedObjects = 1_048_576;
/** Most plain bytes of one frame: those of the largest object. */
const maxFrameBytes = maxObjectBytes;
/** Most plain bytes of a pack. Bounds what a directory can make a reader believe; writers stop far below. */
const maxPackPlainBytes = 268_435_456;

/**
 * What lies where in a pack. Frames tile the file, objects tile their frames: no stored byte is outside of an object.
 *
 * Keeps a view of the directory's bytes and 4 bytes per object; objects and frames are made when they are asked for.
 */
export class PackDirectory {
  readonly objectCount: number;
  readonly frameCount: number;
  /** Stored bytes of all frames. */
  readonly storedBytes: number;
  /** Plain bytes of all frames: the sum of the objects' lengths. */
  readonly plainBytes: number;
  readonly #bytes: Buffer;
  readonly #objectsStart: number;
  readonly #frameOffsets: Uint32Array;
  readonly #firstObjects: Uint32Array;
  readonly #objectOffsets: Uint32Array;

  /**
   * Reads a directory whose seal was verified already. Keeps the bytes: do not change them.
   *
   * @throws {SnapshotError} `format/damaged`, `format/unsupported`
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < directoryHeaderBytes) throw damaged(`it has only ${bytes.length} bytes`);
    this.frameCount = this.#bytes.readUInt32LE(0);
    this.objectCount = this.#bytes.readUInt32LE(4);
    this.#objectsStart = directoryHeaderBytes + this.frameCount * frameEntryBytes;
    if (bytes.length !== this.#objectsStart + this.objectCount * objectEntryBytes) throw damaged('its counts do not match its length');
    if (this.objectCount > maxPackedObjects) throw damaged(`${this.objectCount} objects are more than a pack holds`);
    this.#frameOffsets = new Uint32Array(this.frameCount);
    this.#firstObjects = new Uint32Array(this.frameCount + 1);
    this.#objectOffsets = new Uint32Array(this.objectCount);
    let storedBytes = 0;
    let plainBytes = 0;
    for (let ordinal = 0; ordinal < this.frameCount; ordinal++) {
      this.#frameOffsets[ordinal] = packPrefixBytes + storedBytes;
      plainBytes += this.#readFrame(ordinal);
      storedBytes += this.#bytes.readUInt32LE(directoryHeaderBytes + ordinal * frameEntryBytes);
      if (plainBytes > maxPackPlainBytes) throw damaged('its frames are larger than a pack is');
    }
    if (this.#firstObjects[this.frameCount] !== this.objectCount) throw damaged('its frames do not hold its objects');
    this.storedBytes = storedBytes;
    this.plainBytes = plainBytes;
  }

  /** @throws {SnapshotError} `argument/invalid` for an ordinal outside of the pack */
  object(ordinal: number): PackedObject {
    this.#requireOrdinal(ordinal, this.objectCount, 'object');
    return this.#objectIn(this.frame(this.#frameOf(ordinal)), ordinal);
  }

  /** @throws {SnapshotError} `argument/invalid` for an ordinal outside of the pack */
  frame(ordinal: number): PackFrame {
    this.#requireOrdinal(ordinal, this.frameCount, 'frame');
    const at = directoryHeaderBytes + ordinal * frameEntryBytes;
    return {
      ordinal,
      offset: this.#frameOffsets[ordinal] ?? 0,
      storedBytes: this.#bytes.readUInt32LE(at),
      plainBytes: this.#bytes.readUInt32LE(at + 4),
      compression: frameCompressions[this.#bytes.readUInt8(at + 12)] ?? 'none',
      seal: this.#bytes.subarray(at + sealOffset, at + sealOffset + frameSealBytes),
      firstObject: this.#firstObjects[ordinal] ?? 0,
      objectCount: this.#bytes.readUInt32LE(at + 8),
    };
  }

  /** Whether the object at a position has this id of 32 bytes; false for a position outside of the pack. */
  hasIdAt(ordinal: number, id: Uint8Array): boolean {
    if (ordinal >= this.objectCount || id.length !== objectIdBytes) return false;
    const at = this.#objectsStart + ordinal * objectEntryBytes + 4;
    // Asked for every object of every snapshot: for so few bytes a loop is faster than a call.
    for (let index = 0; index < objectIdBytes; index++) if (this.#bytes[at + index] !== id[index]) return false;
    return true;
  }

  /** Id of an object as 32 bytes, a view; empty for a position outside of the pack. */
  idAt(ordinal: number): Uint8Array {
    const at = this.#objectsStart + ordinal * objectEntryBytes + 4;
    return ordinal < this.objectCount ? this.#bytes.subarray(at, at + objectIdBytes) : this.#bytes.subarray(0, 0);
  }

  /** Length of an object; 0 for a position outside of the pack. */
  lengthAt(ordinal: number): number {
    return ordinal < this.objectCount ? this.#bytes.readUInt32LE(this.#objectsStart + ordinal * objectEntryBytes) : 0;
  }

  /** In storage order. */
  *objects(): Iterable<PackedObject> {
    for (const frame of this.frames()) for (let index = 0; index < frame.objectCount; index++) yield this.#objectIn(frame, frame.firstObject + index);
  }

  /** In storage order. */
  *frames(): Iterable<PackFrame> {
    for (let ordinal = 0; ordinal < this.frameCount; ordinal++) yield this.frame(ordinal);
  }

  /** Judges a frame and its objects, and notes where they lie. @returns its plain bytes */
  #readFrame(ordinal: number): number {
    const at = directoryHeaderBytes + ordinal * frameEntryBytes;
    const storedBytes = this.#bytes.readUInt32LE(at);
    const plainBytes = this.#bytes.readUInt32LE(at + 4);
    const count = this.#bytes.readUInt32LE(at + 8);
    const compression = this.#bytes.readUInt8(at + 12);
    if (compression >= frameCompressions.length)
      throw new SnapshotError('format/unsupported', `a pack uses compression number ${compression}, unknown to this release. Use a release that knows it`);
    if (this.#bytes.readUIntLE(at + 13, 3) !== 0) throw damaged('reserved bytes are not zero');
    const isConsistent = compression === 0 ? storedBytes === plainBytes : storedBytes > 0 && storedBytes < plainBytes;
    if (!isConsistent || count === 0) throw damaged('a frame contradicts itself');
    if (plainBytes > maxFrameBytes) throw damaged(`a frame of ${plainBytes} bytes is larger than frames are`);
    const firstObject = this.#firstObjects[ordinal] ?? 0;
    if (count > this.objectCount - firstObject) throw damaged('its frames do not hold its objects');
    let offset = 0;
    for (let index = firstObject; index < firstObject + count; index++) {
      this.#objectOffsets[index] = offset;
      offset += this.#bytes.readUInt32LE(this.#objectsStart + index * objectEntryBytes);
      if (offset > plainBytes) break;
    }
    if (offset !== plainBytes) throw damaged('the objects of a frame do not fill it');
    this.#firstObjects[ordinal + 1] = firstObject + count;
    return plainBytes;
  }

  #objectIn(frame: PackFrame, ordinal: number): PackedObject {
    const at = this.#objectsStart + ordinal * objectEntryBytes;
    return {
      ordinal,
      id: this.#bytes.toString('hex', at + 4, at + 4 + objectIdBytes),
      frame,
      offset: this.#objectOffsets[ordinal] ?? 0,
      lengthBytes: this.#bytes.readUInt32LE(at),
    };
  }

  /** The last frame that starts at or before the object. */
  #frameOf(objectOrdinal: number): number {
    let low = 0;
    let high = this.frameCount - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firstObjects[middle] ?? 0) <= objectOrdinal) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #requireOrdinal(ordinal: number, count: number, what: string): void {
    if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= count) throw new SnapshotError('argument/invalid', `the pack has ${count} ${what}s, none with number ${ordinal}`);
  }
}

function damaged(reason: string): SnapshotError {
  return new SnapshotError('format/damaged', `a pack directory is damaged: ${reason}`);
}
