import type { ObjectId } from '../format/object-reference.ts';

/** Where a frame ends with the object that brings it here. Larger frames compress hardly better, and cost more to read one object from. */
const fullBytes = 262_144;
/** Where an object starts the next frame rather than join. */
const maxSharedBytes = 1_048_576;
const firstCapacityBytes = 65_536;

/** A frame that objects are still added to. Owns its bytes, and uses them again for the next frame. */
export class FillingFrame {
  #bytes = new Uint8Array(0);
  #length = 0;
  #objects: { readonly id: ObjectId; readonly lengthBytes: number }[] = [];

  get plainBytes(): number {
    return this.#length;
  }

  /** In the order they were added. */
  get objects(): readonly { readonly id: ObjectId; readonly lengthBytes: number }[] {
    return this.#objects;
  }

  get isFull(): boolean {
    return this.#length >= fullBytes;
  }

  /** Whether an object of that length may join. An empty frame takes any. */
  hasRoomFor(lengthBytes: number): boolean {
    return this.#objects.length === 0 || this.#length + lengthBytes <= maxSharedBytes;
  }

  /** Copies the bytes. @returns their offset in the frame */
  add(id: ObjectId, bytes: Uint8Array): number {
    const offset = this.#length;
    this.#length += bytes.length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, Math.min(Math.max(2 * this.#bytes.length, firstCapacityBytes), maxSharedBytes)));
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

  /** Adds an object whose bytes are kept elsewhere; `plain` does not have them. */
  addElsewhere(id: ObjectId, lengthBytes: number): void {
    this.#length += lengthBytes;
    this.#objects.push({ id, lengthBytes });
  }

  /** Starts the next frame. */
  clear(): void {
    // One large object is no reason to keep as much for ever.
    if (this.#bytes.length > maxSharedBytes) this.#bytes = new Uint8Array(0);
    this.#length = 0;
    this.#objects = [];
  }
}
