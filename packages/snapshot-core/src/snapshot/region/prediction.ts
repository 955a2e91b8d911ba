import { countPacked, packedChunkAt, packedIdAt, type PackedChunk } from '../../format/packed-references.ts';

/** Consecutive chunks of the parent, from `first` to `last`, that one fingerprint covers. */
export interface PredictedGroup {
  readonly first: number;
  readonly last: number;
  readonly lengthBytes: number;
  readonly fingerprint: Uint8Array;
  /** Where the parent had it. */
  readonly parentOffset: number;
}

/**
 * What the parent had around here, and where in it we are. Answers only what would come next; whether it is there is for the caller
 * to find out.
 */
export class Prediction {
  readonly #packed: Uint8Array;
  readonly #count: number;
  /** Offset in the parent of each chunk, and of the end. */
  readonly #offsets: Float64Array;
  /** Last chunk of the group that starts at each chunk, or -1. */
  readonly #groupEnds: Int32Array;
  #byId: Map<string, number> | undefined;
  /** Next expected chunk, or -1. */
  #next = -1;

  /** @param packed consecutive references of the parent, the first of them at `firstOffset` and no group cut in two at its start */
  constructor(packed: Uint8Array, firstOffset: number) {
    this.#packed = packed;
    this.#count = countPacked(packed);
    this.#offsets = new Float64Array(this.#count + 1);
    this.#groupEnds = new Int32Array(this.#count).fill(-1);
    this.#offsets[0] = firstOffset;
    let start = 0;
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      const { lengthBytes, cut, fingerprint } = packedChunkAt(packed, ordinal);
      this.#offsets[ordinal + 1] = this.#offsetOf(ordinal) + lengthBytes;
      if (fingerprint !== undefined) this.#groupEnds[start] = ordinal;
      if (fingerprint !== undefined || cut !== 'content') start = ordinal + 1;
    }
  }

  /** Expects what the parent had at an offset, if a chunk starts there. */
  startAt(offset: number): void {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsetOf(middle) < offset) low = middle + 1;
      else high = middle;
    }
    this.#next = low < this.#count && this.#offsetOf(low) === offset ? low : -1;
  }

  /** The group that starts with the next expected chunk. */
  get group(): PredictedGroup | undefined {
    const last = this.#next < 0 ? -1 : (this.#groupEnds[this.#next] ?? -1);
    if (last < 0) return undefined;
    const { fingerprint } = packedChunkAt(this.#packed, last);
    if (fingerprint === undefined) return undefined;
    const parentOffset = this.#offsetOf(this.#next);
    return { first: this.#next, last, lengthBytes: this.#offsetOf(last + 1) - parentOffset, fingerprint, parentOffset };
  }

  /** The next expected chunk, if it is one that may be predicted. */
  get chunk(): PackedChunk | undefined {
    const chunk = this.#next < 0 || this.#next >= this.#count ? undefined : packedChunkAt(this.#packed, this.#next);
    return chunk?.cut === 'content' ? chunk : undefined;
  }

  /** Where the parent had the next expected chunk; -1 when nothing is expected. */
  get parentOffset(): number {
    return this.#next < 0 ? -1 : this.#offsetOf(this.#next);
  }

  chunkAt(ordinal: number): PackedChunk {
    return packedChunkAt(this.#packed, ordinal);
  }

  /** A view. */
  idAt(ordinal: number): Uint8Array {
    return packedIdAt(this.#packed, ordinal);
  }

  /** The expectation came true for this many chunks. */
  advance(chunkCount: number): void {
    this.#next += chunkCount;
  }

  /** The expectation was wrong; nothing is expected until `meet` finds the thread again. */
  lose(): void {
    this.#next = -1;
  }

  /** A chunk was cut by content and has this id: goes on behind it where the parent had it too. Prefers the place nearest to the offset. */
  meet(id: Uint8Array, offset: number): void {
    this.#byId ??= this.#indexIds();
    const key = keyOf(id);
    let best = -1;
    for (let at = this.#byId.get(key) ?? -1; at >= 0; at = this.#sameId.get(at) ?? -1)
      if (best < 0 || Math.abs(this.#offsetOf(at) - offset) < Math.abs(this.#offsetOf(best) - offset)) best = at;
    this.#next = best < 0 ? -1 : best + 1;
  }

  /** Next place with the same id, by place. */
  readonly #sameId = new Map<number, number>();

  #indexIds(): Map<string, number> {
    const byId = new Map<string, number>();
    for (let ordinal = this.#count - 1; ordinal >= 0; ordinal--) {
      const key = keyOf(packedIdAt(this.#packed, ordinal));
      const later = byId.get(key);
      if (later !== undefined) this.#sameId.set(ordinal, later);
      byId.set(key, ordinal);
    }
    return byId;
  }

  #offsetOf(ordinal: number): number {
    return this.#offsets[ordinal] ?? 0;
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1');
}
