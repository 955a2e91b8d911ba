import type { ObjectId } from '../format/object-reference.ts';

/** A frame that objects are still added to. Owns its bytes and uses them again for the next frame when told to. */
export class FillingFrame {
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  #length = 0;
  #objects: { readonly id: ObjectId; readonly lengthBytes: number }[] = [];

  /** @param maxBytes plain bytes of a frame; a larger object must not be added */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = new Uint8Array(Math.min(maxBytes, 65_536));
  }

  get plainBytes(): number {
    return this.#length;
  }

  /** In the order they were added. */
  get objects(): readonly { readonly id: ObjectId; readonly lengthBytes: number }[] {
    return this.#objects;
  }

  hasRoomFor(lengthBytes: number): boolean {
    return this.#length + lengthBytes <= this.#maxBytes;
  }

  /** Copies the bytes. @returns their offset in the frame */
  add(id: ObjectId, bytes: Uint8Array): number {
    const offset = this.#length;
    this.#length += bytes.length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(this.#length, 2 * this.#bytes.length)));
      larger.set(this.#bytes.subarray(0, offset));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    this.#objects.push({ id, lengthBytes: bytes.length });
    return offset;
  }

  /** Everything added so far, a view that the next frame overwrites. */
  plain(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Starts the next frame. */
  clear(): void {
    this.#length = 0;
    this.#objects = [];
  }
}
