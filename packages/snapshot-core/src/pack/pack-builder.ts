import type { PackCipher } from '../encryption/pack-cipher.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import { packPrefixBytes, maxPackedObjects, type PackFrame } from '../format/pack-directory.ts';
import { PackDirectoryWriter } from '../format/pack-directory-writer.ts';
import { createPackManifest, encodePackTrailer, type PackManifest } from '../format/pack-manifest.ts';
import { encodePackPrefix } from '../format/pack-prefix.ts';
import { FillingFrame } from './filling-frame.ts';
import { openFrames } from './open-frames.ts';
import type { PackCodec } from './pack-codec.ts';
import { sealFrame } from './seal-frame.ts';

/** A pack ready to be stored: write the parts one after the other under the manifest's name. */
export interface BuiltPack {
  readonly manifest: PackManifest;
  readonly parts: readonly Uint8Array[];
}

/** Plain bytes of a frame that objects share: reading a small object never costs more than this. */
const sharedFrameBytes = 1_048_576;
/** Where frames are compressed or encrypted, objects of this size and above have one of their own, so that they are read alone. */
const ownFrameBytes = 32_768;
const fullStoredBytes = 16_777_216;
const fullPlainBytes = 67_108_864;

interface Place {
  /** `undefined` while the object lies in the frame that is being filled. */
  frame: PackFrame | undefined;
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Collects objects of one kind until they are worth a file. Frames are compressed and encrypted as they fill, so it holds the stored
 * bytes and at most one plain frame.
 */
export class PackBuilder {
  readonly kind: ObjectKind;
  readonly #codec: PackCodec;
  readonly #prefix: Uint8Array;
  readonly #cipher: PackCipher | undefined;
  readonly #directory = new PackDirectoryWriter();
  readonly #filling = new FillingFrame(sharedFrameBytes);
  readonly #places = new Map<ObjectId, Place>();
  readonly #stored: Uint8Array[] = [];
  #sealedStoredBytes = 0;
  #sealedPlainBytes = 0;
  #opened: { readonly frame: PackFrame; readonly plain: Uint8Array } | undefined;
  #built: BuiltPack | undefined;

  /** @param salt 16 random bytes, never used for another pack: the pack's name and its encryption key come from them */
  constructor(kind: ObjectKind, salt: Uint8Array, codec: PackCodec) {
    this.kind = kind;
    this.#codec = codec;
    this.#prefix = encodePackPrefix({ kind, keyEpoch: codec.spec.keys?.currentEpoch ?? 0, salt });
    this.#cipher = codec.cipherOf(this.#prefix);
  }

  /** Sum of the objects' lengths. */
  get plainBytes(): number {
    return this.#sealedPlainBytes + this.#filling.plainBytes;
  }

  /** What they take in the file so far; those not compressed yet count whole. */
  get storedBytes(): number {
    return this.#sealedStoredBytes + this.#filling.plainBytes;
  }

  get objectCount(): number {
    return this.#places.size;
  }

  /** Whether the pack is worth a file, and takes nothing more that could wait for the next. */
  get isFull(): boolean {
    return this.storedBytes >= fullStoredBytes || this.plainBytes >= fullPlainBytes || this.objectCount >= maxPackedObjects;
  }

  /** Ids of the objects, in the order they were added. */
  get ids(): Iterable<ObjectId> {
    return this.#places.keys();
  }

  /**
   * Copies the bytes. An id must be added once only.
   *
   * @throws {SnapshotError} `argument/invalid` for an object that is too large
   */
  add(id: ObjectId, bytes: Uint8Array): void {
    if (this.#built) throw new SnapshotError('argument/invalid', 'the pack is finished; add to another one');
    const standsAlone = this.#isTransformed ? bytes.length >= ownFrameBytes : bytes.length > sharedFrameBytes;
    if (standsAlone) {
      const frame = this.#seal([{ id, lengthBytes: bytes.length }], bytes, this.#codec.looksIncompressible(bytes));
      this.#places.set(id, { frame, offset: 0, lengthBytes: bytes.length });
      return;
    }
    if (!this.#filling.hasRoomFor(bytes.length)) this.#endFilling();
    this.#places.set(id, { frame: undefined, offset: this.#filling.add(id, bytes), lengthBytes: bytes.length });
  }

  /** Bytes of an object that was added, or `undefined`. They may be overwritten by the next `add`. */
  get(id: ObjectId): Uint8Array | undefined {
    const place = this.#places.get(id);
    if (!place) return undefined;
    const plain = place.frame ? this.#open(place.frame) : this.#filling.plain();
    return plain.subarray(place.offset, place.offset + place.lengthBytes);
  }

  /**
   * Ends the pack. Its objects can still be read; calling it again gives the same answer.
   *
   * @throws {SnapshotError} `format/self-check` when the layout does not add up
   */
  finish(): BuiltPack {
    this.#endFilling();
    this.#built ??= this.#build();
    return this.#built;
  }

  get #isTransformed(): boolean {
    return this.#cipher !== undefined || this.#codec.spec.compression !== 'none';
  }

  #build(): BuiltPack {
    const plainDirectory = this.#directory.finish();
    const directoryBytes = this.#cipher ? this.#cipher.sealDirectory(plainDirectory) : plainDirectory;
    const manifest = createPackManifest(this.#prefix, directoryBytes, 'the new pack', this.#codec);
    const parts = [this.#prefix, ...this.#stored, directoryBytes, encodePackTrailer(this.#prefix, directoryBytes)];
    const fileBytes = parts.reduce((sum, part) => sum + part.length, 0);
    const { objectCount, plainBytes } = manifest.directory;
    if (manifest.fileBytes !== fileBytes || objectCount !== this.#places.size || plainBytes !== this.#sealedPlainBytes)
      throw new SnapshotError('format/self-check', `the new pack describes ${manifest.fileBytes} bytes and ${objectCount} objects, and has ${fileBytes} and ${this.#places.size}; nothing was written`);
    return { manifest, parts };
  }

  #endFilling(): void {
    const { objects } = this.#filling;
    if (objects.length === 0) return;
    const frame = this.#seal(objects, this.#filling.plain(), false);
    for (const { id } of objects) {
      const place = this.#places.get(id);
      if (place) place.frame = frame;
    }
    this.#filling.clear();
  }

  #seal(objects: FillingFrame['objects'], plain: Uint8Array, looksIncompressible: boolean): PackFrame {
    const ordinal = this.#directory.frameCount;
    const firstObject = this.#directory.objectCount;
    const { stored, compression, seal } = sealFrame(this.#codec, this.#cipher, ordinal, plain, looksIncompressible);
    for (const { id, lengthBytes } of objects) this.#directory.addObject(id, lengthBytes);
    this.#directory.endFrame({ storedBytes: stored.length, plainBytes: plain.length, compression, seal });
    const frame = { ordinal, offset: packPrefixBytes + this.#sealedStoredBytes, storedBytes: stored.length, plainBytes: plain.length, compression, seal, firstObject, objectCount: objects.length };
    this.#stored.push(stored);
    this.#sealedStoredBytes += stored.length;
    this.#sealedPlainBytes += plain.length;
    return frame;
  }

  #open(frame: PackFrame): Uint8Array {
    if (this.#opened?.frame === frame) return this.#opened.plain;
    const [plain = new Uint8Array(0)] = openFrames(this.#codec, { name: 'being filled', prefix: this.#prefix }, [frame], [this.#stored[frame.ordinal] ?? new Uint8Array(0)]);
    this.#opened = { frame, plain };
    return plain;
  }
}
