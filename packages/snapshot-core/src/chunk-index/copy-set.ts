/** Stored copies by where they lie: one bit each, and no memory for packs that nothing was added of. */
export class CopySet {
  readonly #bits: (Uint8Array | undefined)[] = [];

  /** Whether nothing was ever added. */
  get isEmpty(): boolean {
    return this.#bits.length === 0;
  }

  has(packOrdinal: number, objectOrdinal: number): boolean {
    return (((this.#bits[packOrdinal]?.[objectOrdinal >> 3] ?? 0) >> (objectOrdinal & 7)) & 1) === 1;
  }

  /** Adds a copy. @param objectCount objects of the pack @returns whether it was not in the set before */
  add(packOrdinal: number, objectOrdinal: number, objectCount: number): boolean {
    const bits = (this.#bits[packOrdinal] ??= new Uint8Array(Math.ceil(objectCount / 8)));
    const before = bits[objectOrdinal >> 3] ?? 0;
    const after = before | (1 << (objectOrdinal & 7));
    bits[objectOrdinal >> 3] = after;
    return after !== before;
  }

  /** Adds everything that is in another set. */
  addAll(other: CopySet): void {
    for (const [packOrdinal, added] of other.#bits.entries()) {
      if (!added) continue;
      const bits = (this.#bits[packOrdinal] ??= new Uint8Array(added.length));
      for (const [at, byte] of added.entries()) bits[at] = (bits[at] ?? 0) | byte;
    }
  }
}
