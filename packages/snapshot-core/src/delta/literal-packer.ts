import { constants, zstdCompressSync } from 'node:zlib';
import { deltaLimits } from './delta-format.ts';
import type { DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { readDictionary, type BaseRange } from './frame-dictionary.ts';
import type { LiteralFrame } from './region-record.ts';

/** A dictionary of this size ends a frame, so that a larger one is never needed for the next literal. */
const fullDictionaryBytes = 1_572_864;
/** zstd's tables hold 2^17 entries: at level 1 it would take 2^14, too few to find what a dictionary of a megabyte holds. */
const hashLog = 17;

/**
 * Collects the literals of one region in solid frames, and compresses each with the bytes that it replaced as dictionary.
 *
 * Literals go in by pieces that fit: ask `roomBytes` first.
 */
export class LiteralPacker {
  readonly #memory: DeltaMemory;
  readonly #base: EndReader;
  readonly #level: number;
  #used = 0;
  #storedBytes = 0;
  #old: BaseRange[] = [];
  #oldBytes = 0;
  readonly #frames: LiteralFrame[] = [];

  /** @param level of zstd, 1 to 19 */
  constructor(memory: DeltaMemory, base: EndReader, level: number) {
    this.#memory = memory;
    this.#base = base;
    this.#level = level;
  }

  /** How many bytes the next piece may have; never 0. Ends a full frame. */
  async roomBytes(): Promise<number> {
    if (this.#used === deltaLimits.frameBytes || this.#oldBytes >= fullDictionaryBytes) await this.#endFrame();
    return deltaLimits.frameBytes - this.#used;
  }

  /** Takes a piece, which is copied. */
  add(bytes: Uint8Array, old: BaseRange): void {
    this.#memory.plain.set(bytes, this.#used);
    this.#used += bytes.length;
    if (old.oldBytes === 0) return;
    this.#old.push(old);
    this.#oldBytes += old.oldBytes;
  }

  /** Ends the last frame and gives all of them; they lie in the memory, and are valid until another packer uses it. */
  async finish(): Promise<LiteralFrame[]> {
    if (this.#used > 0) await this.#endFrame();
    return this.#frames;
  }

  async #endFrame(): Promise<void> {
    const plain = this.#memory.plain.subarray(0, this.#used);
    const dictionary = await readDictionary(this.#memory, this.#base, this.#old);
    const packed = zstdCompressSync(plain, { chunkSize: plain.length + 4_096, params: zstdParameters(this.#level, plain.length, dictionary?.length ?? 0), ...(dictionary && { dictionary }) });
    const isSmaller = packed.length < plain.length;
    this.#frames.push({ plainBytes: plain.length, compression: isSmaller ? 'zstd' : 'none', stored: this.#keep(isSmaller ? packed : plain) });
    this.#used = 0;
    this.#old = [];
    this.#oldBytes = 0;
  }

  #keep(bytes: Buffer): Uint8Array {
    const { stored } = this.#memory;
    if (this.#storedBytes + bytes.length > stored.length) return Uint8Array.prototype.slice.call(bytes);
    const start = this.#storedBytes;
    this.#storedBytes += bytes.length;
    stored.set(bytes, start);
    return stored.subarray(start, this.#storedBytes);
  }
}

function zstdParameters(level: number, plainBytes: number, dictionaryBytes: number): Record<number, number> {
  if (dictionaryBytes === 0) return { [constants.ZSTD_c_compressionLevel]: level };
  // The window reaches over both, or the dictionary would not serve up to the frame's end.
  const windowLog = Math.max(17, Math.ceil(Math.log2(plainBytes + dictionaryBytes)));
  return { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_windowLog]: windowLog, ...(level < 5 && { [constants.ZSTD_c_hashLog]: hashLog }) };
}
