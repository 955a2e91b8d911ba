import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import { encodePackDirectory, packPrefixBytes, type PackFrame, type PackedObject } from '../format/pack-directory.ts';
import { createPackManifest, encodePackPrefix, encodePackTrailer, type PackManifest } from '../format/pack-manifest.ts';

/** A pack ready to be stored: write the parts one after the other under the manifest's name. */
export interface BuiltPack {
  readonly manifest: PackManifest;
  readonly parts: readonly Uint8Array[];
}

/** A frame ends with the object that brings it to this size, so that a small object never costs more than one frame to read. */
const frameTargetBytes = 1_048_576;

/** Collects objects of one kind until they are worth a file. Holds copies of the bytes; the directory is written last. */
export class PackBuilder {
  readonly kind: ObjectKind;
  readonly #salt: Uint8Array;
  readonly #parts = new Map<ObjectId, Uint8Array>();
  #plainBytes = 0;

  /** @param salt 16 random bytes; they make the pack's name unique */
  constructor(kind: ObjectKind, salt: Uint8Array) {
    this.kind = kind;
    this.#salt = salt;
  }

  /** Sum of the objects' lengths. */
  get plainBytes(): number {
    return this.#plainBytes;
  }

  /** Ids of the objects, in storage order. */
  get ids(): Iterable<ObjectId> {
    return this.#parts.keys();
  }

  /** Copies the bytes. An id must be added once only. */
  add(id: ObjectId, bytes: Uint8Array): void {
    // Not slice(): a Buffer's slice is a view, and the caller may reuse its bytes at once.
    this.#parts.set(id, new Uint8Array(bytes));
    this.#plainBytes += bytes.length;
  }

  /** The builder's own bytes of an object, or `undefined`. */
  get(id: ObjectId): Uint8Array | undefined {
    return this.#parts.get(id);
  }

  /**
   * Lays the pack out. Pure: the builder can still be read afterwards.
   *
   * @throws {SnapshotError} `format/self-check` when the layout does not add up
   */
  finish(): BuiltPack {
    const prefix = encodePackPrefix(this.kind, this.#salt);
    const { frames, objects } = this.#layOut();
    const directoryBytes = encodePackDirectory({ frames, objects });
    const manifest = createPackManifest(prefix, directoryBytes, 'the new pack');
    const parts = [prefix, ...this.#parts.values(), directoryBytes, encodePackTrailer(prefix, directoryBytes)];
    const fileBytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (manifest.fileBytes !== fileBytes || manifest.directory.objects.length !== this.#parts.size)
      throw new SnapshotError('format/self-check', `the new pack describes ${manifest.fileBytes} bytes and has ${fileBytes}; nothing was written`);
    return { manifest, parts };
  }

  #layOut(): { frames: PackFrame[]; objects: PackedObject[] } {
    const groups: { id: ObjectId; lengthBytes: number }[][] = [];
    let groupBytes = frameTargetBytes;
    for (const [id, { length }] of this.#parts) {
      if (groupBytes >= frameTargetBytes) {
        groups.push([]);
        groupBytes = 0;
      }
      groups.at(-1)?.push({ id, lengthBytes: length });
      groupBytes += length;
    }
    const frames: PackFrame[] = [];
    const objects: PackedObject[] = [];
    let frameOffset = packPrefixBytes;
    for (const group of groups) {
      const plainBytes = group.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
      const frame: PackFrame = { offset: frameOffset, storedBytes: plainBytes, plainBytes };
      let offset = 0;
      for (const { id, lengthBytes } of group) {
        objects.push({ id, frame, offset, lengthBytes });
        offset += lengthBytes;
      }
      frames.push(frame);
      frameOffset += plainBytes;
    }
    return { frames, objects };
  }
}
