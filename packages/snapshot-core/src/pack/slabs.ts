/** Bytes of one slab. */
const slabBytes = 4_194_304;

/** Memory for packs that are being filled, used again and again: fresh memory costs more than the copy that goes into it. */
export class SlabPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  readonly #keptSlabs: number;

  /** @param keptSlabs slabs kept for later; more are made when more are needed at a time */
  constructor(keptSlabs = 8) {
    this.#keptSlabs = keptSlabs;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(slabBytes);
  }

  give(slab: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.#keptSlabs) this.#free.push(slab);
  }
}

/** Bytes written one behind the other into slabs. */
export class SlabWriter {
  readonly #pool: SlabPool;
  readonly #slabs: Uint8Array<ArrayBuffer>[] = [];
  readonly #parts: Uint8Array[] = [];
  /** The slab that is being filled, and how far. */
  #slab: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #flushed = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Copies bytes behind the others. @returns where they are now, in one piece; valid until `release` */
  append(bytes: Uint8Array): Uint8Array {
    if (bytes.length > slabBytes) {
      this.#endPart();
      const copy = new Uint8Array(bytes);
      this.#parts.push(copy);
      return copy;
    }
    if (this.#slab === undefined || this.#filled + bytes.length > slabBytes) {
      this.#endPart();
      this.#slab = this.#pool.take();
      this.#slabs.push(this.#slab);
      this.#filled = this.#flushed = 0;
    }
    const place = this.#slab.subarray(this.#filled, this.#filled + bytes.length);
    place.set(bytes);
    this.#filled += bytes.length;
    return place;
  }

  /** Everything that was appended, in order, in few pieces; valid until `release`. */
  parts(): readonly Uint8Array[] {
    this.#endPart();
    return this.#parts;
  }

  /** Gives the memory back. Nothing that `append` or `parts` gave may be used afterwards. */
  release(): void {
    for (const slab of this.#slabs.splice(0)) this.#pool.give(slab);
    this.#slab = undefined;
    this.#parts.length = 0;
  }

  #endPart(): void {
    if (this.#slab === undefined || this.#filled === this.#flushed) return;
    this.#parts.push(this.#slab.subarray(this.#flushed, this.#filled));
    this.#flushed = this.#filled;
  }
}
