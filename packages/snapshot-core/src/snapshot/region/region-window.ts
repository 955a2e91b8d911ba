import { SnapshotError } from '../../errors/snapshot-error.ts';

/** Bytes asked for at once: large enough for few calls, small enough to be still in the processor's cache when they are looked at. */
const readBytes = 524_288;

/** Fills `into` from a position of the source; fewer bytes only at its end. */
export type ReadAt = (into: Uint8Array, position: number) => number;

/**
 * A window over one source, in the memory that kernels work in. Goes forward only.
 *
 * `keepFrom` says which bytes may be asked for again; the rest makes room. Capacity must hold what is kept and what is needed at once.
 */
export class RegionWindow {
  readonly #memory: Uint8Array;
  readonly #start: number;
  readonly #capacityBytes: number;
  readonly #readAt: ReadAt;
  readonly #endOffset: number;
  /** Source offset of the window's first byte, and of the byte after its last. */
  #base: number;
  #filled: number;
  #keep: number;

  /** @param memory [start, start + capacityBytes) of it is the window; the source is read from `offset` up to `endOffset` */
  constructor(memory: Uint8Array, start: number, capacityBytes: number, readAt: ReadAt, offset: number, endOffset: number) {
    this.#memory = memory;
    this.#start = start;
    this.#capacityBytes = capacityBytes;
    this.#readAt = readAt;
    this.#base = this.#filled = this.#keep = offset;
    this.#endOffset = endOffset;
  }

  /** Nothing before this offset will be asked for again. */
  keepFrom(offset: number): void {
    this.#keep = offset;
  }

  /**
   * Makes [offset, offset + lengthBytes) available, cut off at the end of the region, and answers with the place in memory of its first byte.
   *
   * @throws {SnapshotError} `source/unreadable` when the source ends before the region does
   */
  place(offset: number, lengthBytes: number): number {
    const end = Math.min(offset + lengthBytes, this.#endOffset);
    if (this.#keep >= this.#filled) this.#base = this.#filled = this.#keep;
    if (end > this.#base + this.#capacityBytes) this.#makeRoom();
    while (this.#filled < end) {
      const wanted = Math.min(Math.max(readBytes, end - this.#filled), this.#endOffset - this.#filled, this.#base + this.#capacityBytes - this.#filled);
      const at = this.#start + this.#filled - this.#base;
      const bytesRead = this.#readAt(this.#memory.subarray(at, at + wanted), this.#filled);
      if (bytesRead === 0) throw new SnapshotError('source/unreadable', `the source ended at byte ${this.#filled} while ${this.#endOffset} were expected; it must not change while it is read`);
      this.#filled += bytesRead;
    }
    return this.#start + offset - this.#base;
  }

  #makeRoom(): void {
    const from = this.#start + this.#keep - this.#base;
    this.#memory.copyWithin(this.#start, from, from + this.#filled - this.#keep);
    this.#base = this.#keep;
  }
}
