import type { PackBody } from './pack-body.ts';
import { SlabPool, SlabWriter } from './slabs.ts';

/** A pack that stays in memory until it is stored, for storages that take whole files only. */
export class MemoryBody implements PackBody {
  readonly #writer: SlabWriter;
  readonly #put: (name: string, parts: readonly Uint8Array[]) => Promise<void>;
  /** What was appended, by offset. */
  readonly #pieces = new Map<number, Uint8Array>();
  #lengthBytes = 0;

  /** @param put stores a pack @param pool memory to fill; without it, memory of its own */
  constructor(put: (name: string, parts: readonly Uint8Array[]) => Promise<void>, pool: SlabPool = new SlabPool(0)) {
    this.#put = put;
    this.#writer = new SlabWriter(pool);
  }

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  append(bytes: Uint8Array): void {
    this.#pieces.set(this.#lengthBytes, this.#writer.append(bytes));
    this.#lengthBytes += bytes.length;
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    return this.#pieces.get(offset)?.subarray(0, lengthBytes) ?? new Uint8Array(0);
  }

  store(name: string): Promise<void> {
    return this.#put(name, this.#writer.parts());
  }

  release(): void {
    this.#writer.release();
    this.#pieces.clear();
  }
}
