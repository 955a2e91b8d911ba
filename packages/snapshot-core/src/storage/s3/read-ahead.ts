import type { StorageCallOptions } from '../storage.ts';

/** Reads a part of a file; a file that ends earlier gives fewer bytes. */
export type ReadRange = (name: string, offset: number, lengthBytes: number, options?: StorageCallOptions) => Promise<Uint8Array>;

interface Window {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** How far beyond what was asked for it reaches. */
  readonly aheadBytes: number;
}

const firstAheadBytes = 256 * 1_024;
const maxWindowBytes = 4 * 1_048_576;
/** A reader that leaves out so much still reads on. */
const maxGapBytes = 256 * 1_024;
const maxWindows = 6;

/**
 * Answers reads that follow each other in a file with one request for many: each request costs a journey, and chunks are small.
 *
 * Files never change, so what was read stays true. The first read of a file fetches what was asked for and no more, and so does each one
 * that leaps; reads that go on fetch twice as far ahead each time. Keeps six windows of 4 MiB at most.
 */
export class ReadAhead {
  readonly #readRange: ReadRange;
  /** By name, the longest unused first. */
  readonly #windows = new Map<string, Window>();

  constructor(readRange: ReadRange) {
    this.#readRange = readRange;
  }

  /** The same answer as from the storage. The caller owns the bytes. */
  async read(name: string, offset: number, lengthBytes: number, options?: StorageCallOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const window = this.#windows.get(name);
    const start = window === undefined ? -1 : offset - window.offset;
    if (window !== undefined && start >= 0 && start + lengthBytes <= window.bytes.length) {
      this.#keep(name, window);
      return window.bytes.slice(start, start + lengthBytes);
    }
    const goesOn = window !== undefined && start >= 0 && start <= window.bytes.length + maxGapBytes;
    const aheadBytes = goesOn ? Math.max(0, Math.min(Math.max(2 * window.aheadBytes, firstAheadBytes), maxWindowBytes - lengthBytes)) : 0;
    const bytes = await this.#readRange(name, offset, lengthBytes + aheadBytes, options);
    // A long read is its reader's alone.
    if (lengthBytes > maxWindowBytes) return bytes;
    this.#keep(name, { offset, bytes, aheadBytes });
    return bytes.slice(0, lengthBytes);
  }

  /** Forgets a file that is deleted. */
  forget(name: string): void {
    this.#windows.delete(name);
  }

  #keep(name: string, window: Window): void {
    this.#windows.delete(name);
    this.#windows.set(name, window);
    const [longestUnused] = this.#windows.keys();
    if (this.#windows.size > maxWindows && longestUnused !== undefined) this.#windows.delete(longestUnused);
  }
}
