import type { PackCipher } from '../encryption/pack-cipher.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { maxObjectBytes, type ObjectId, type ObjectKind } from '../format/object-reference.ts';
import { packPrefixBytes, maxPackedObjects, type PackFrame } from '../format/pack-directory.ts';
import { PackDirectoryWriter } from '../format/pack-directory-writer.ts';
import { createPackManifest, encodePackTrailer, type PackManifest } from '../format/pack-manifest.ts';
import { encodePackPrefix } from '../format/pack-prefix.ts';
import { FillingFrame } from './filling-frame.ts';
import { freeBytes } from './free-bytes.ts';
import { openFrames } from './open-frames.ts';
import type { PackBody } from './pack-body.ts';
import type { PackCodec } from './pack-codec.ts';
import { noSeal, sealFrame } from './seal-frame.ts';

/** Objects of this size and above are probed, so that those nothing is to be gained from share frames that are stored as they are. */
const probedObjectBytes = 16_384;
const fullStoredBytes = 16_777_216;
const fullPlainBytes = 67_108_864;

interface Place {
  /** Where it lies: a frame that is still filled, or one that is sealed; or in the body itself, where frames are stored as they are. */
  frame: FillingFrame | PackFrame | 'body';
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Collects objects of one kind until they are worth a file. Frames are compressed and encrypted as they fill, so it holds at most two
 * plain frames; what is stored goes into the body.
 */
export class PackBuilder {
  readonly kind: ObjectKind;
  /** The whole file, once `finish` was called. Belongs to whoever made it. */
  readonly body: PackBody;
  readonly #codec: PackCodec;
  readonly #prefix: Uint8Array;
  readonly #cipher: PackCipher | undefined;
  readonly #directory = new PackDirectoryWriter();
  readonly #compressible = new FillingFrame();
  readonly #incompressible = new FillingFrame();
  readonly #places = new Map<ObjectId, Place>();
  #sealedStoredBytes = 0;
  #sealedPlainBytes = 0;
  #opened: { readonly frame: PackFrame; readonly plain: Uint8Array } | undefined;
  #built: PackManifest | undefined;

  /**
   * @param salt 16 random bytes, never used for another pack: the pack's name and its encryption key come from them
   * @param body empty
   * @throws {SnapshotError} `storage/*` of the body
   */
  constructor(kind: ObjectKind, salt: Uint8Array, codec: PackCodec, body: PackBody) {
    this.kind = kind;
    this.body = body;
    this.#codec = codec;
    this.#prefix = encodePackPrefix({ kind, keyEpoch: codec.spec.keys?.currentEpoch ?? 0, salt });
    this.#cipher = codec.cipherOf(this.#prefix);
    body.append(this.#prefix);
  }

  /** Sum of the objects' lengths. */
  get plainBytes(): number {
    return this.#sealedPlainBytes + this.#fillingBytes;
  }

  /** What they take in the file so far; those not compressed yet count whole. */
  get storedBytes(): number {
    return this.#sealedStoredBytes + this.#fillingBytes;
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
   * @throws {SnapshotError} `argument/invalid` for an object that is too large; `storage/*` of the body, which ends the pack
   */
  add(id: ObjectId, bytes: Uint8Array): void {
    if (this.#built) throw new SnapshotError('argument/invalid', 'the pack is finished; add to another one');
    if (bytes.length > maxObjectBytes) throw new SnapshotError('argument/invalid', `an object has at most ${maxObjectBytes} bytes, this one has ${bytes.length}; split it`);
    const isProbed = this.#codec.spec.compression !== 'none' && bytes.length >= probedObjectBytes;
    const frame = isProbed && this.#codec.looksIncompressible(bytes) ? this.#incompressible : this.#compressible;
    if (!frame.hasRoomFor(bytes.length)) this.#seal(frame);
    if (this.#isStoredAsIs) {
      this.#places.set(id, { frame: 'body', offset: this.body.lengthBytes, lengthBytes: bytes.length });
      this.body.append(bytes);
      frame.addElsewhere(id, bytes.length);
    } else this.#places.set(id, { frame, offset: frame.add(id, bytes), lengthBytes: bytes.length });
    if (frame.isFull) this.#seal(frame);
  }

  /** Whether an object was added. */
  has(id: ObjectId): boolean {
    return this.#places.has(id);
  }

  /** Bytes of an object that was added, or `undefined`. They may be overwritten by the next `add`. */
  get(id: ObjectId): Uint8Array | undefined {
    const place = this.#places.get(id);
    if (!place) return undefined;
    const { frame } = place;
    if (frame === 'body') return this.body.read(place.offset, place.lengthBytes);
    const plain = frame instanceof FillingFrame ? frame.plain() : this.#open(frame);
    return plain.subarray(place.offset, place.offset + place.lengthBytes);
  }

  /**
   * Ends the pack: the body is whole, to be stored under the manifest's name. Its objects can still be read; calling it again gives the
   * same answer.
   *
   * @throws {SnapshotError} `format/self-check` when the layout does not add up; `storage/*` of the body
   */
  finish(): PackManifest {
    this.#seal(this.#compressible);
    this.#seal(this.#incompressible);
    this.#built ??= this.#build();
    return this.#built;
  }

  get #isStoredAsIs(): boolean {
    return this.#cipher === undefined && this.#codec.spec.compression === 'none';
  }

  get #fillingBytes(): number {
    return this.#compressible.plainBytes + this.#incompressible.plainBytes;
  }

  #build(): PackManifest {
    const plainDirectory = this.#directory.finish();
    const directoryBytes = this.#cipher ? this.#cipher.sealDirectory(plainDirectory) : plainDirectory;
    const manifest = createPackManifest(this.#prefix, directoryBytes, 'the new pack', this.#codec);
    this.body.append(directoryBytes);
    this.body.append(encodePackTrailer(this.#prefix, directoryBytes));
    const { lengthBytes } = this.body;
    const { objectCount, plainBytes } = manifest.directory;
    if (manifest.fileBytes !== lengthBytes || objectCount !== this.#places.size || plainBytes !== this.#sealedPlainBytes)
      throw new SnapshotError('format/self-check', `the new pack describes ${manifest.fileBytes} bytes and ${objectCount} objects, and has ${lengthBytes} and ${this.#places.size}; nothing was written`);
    return manifest;
  }

  /** Ends a frame, and empties it for the next. */
  #seal(filling: FillingFrame): void {
    const { objects, plainBytes } = filling;
    if (objects.length === 0) return;
    const ordinal = this.#directory.frameCount;
    const firstObject = this.#directory.objectCount;
    for (const { id, lengthBytes } of objects) this.#directory.addObject(id, lengthBytes);
    if (this.#isStoredAsIs) this.#count({ storedBytes: plainBytes, plainBytes, compression: 'none', seal: noSeal });
    else {
      const { stored, compression, seal } = sealFrame(this.#codec, this.#cipher, ordinal, filling.plain(), filling === this.#incompressible);
      const sizes = { storedBytes: stored.length, plainBytes, compression, seal };
      this.body.append(stored);
      if (stored.buffer !== filling.plain().buffer) freeBytes(stored);
      const frame: PackFrame = { ordinal, offset: packPrefixBytes + this.#sealedStoredBytes, ...sizes, firstObject, objectCount: objects.length };
      for (const { id } of objects) {
        const place = this.#places.get(id);
        if (place) place.frame = frame;
      }
      this.#count(sizes);
    }
    filling.clear();
  }

  #count(sizes: Pick<PackFrame, 'storedBytes' | 'plainBytes' | 'compression' | 'seal'>): void {
    this.#directory.endFrame(sizes);
    this.#sealedStoredBytes += sizes.storedBytes;
    this.#sealedPlainBytes += sizes.plainBytes;
  }

  #open(frame: PackFrame): Uint8Array {
    if (this.#opened?.frame === frame) return this.#opened.plain;
    const [plain = new Uint8Array(0)] = openFrames(this.#codec, { name: 'being filled', prefix: this.#prefix }, [frame], [this.body.read(frame.offset, frame.storedBytes)]);
    this.#opened = { frame, plain };
    return plain;
  }
}
