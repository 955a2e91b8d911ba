import type { ContentReference } from '../format/tree-entry.ts';

/** How far from the place where it is expected a chunk is found again. */
const reachBytes = 67_108_864;

/** Knows the chunks of the base around a position that goes forward: memory does not grow with the base. */
export class NearbyChunks {
  readonly #references: AsyncIterator<ContentReference>;
  readonly #window: { readonly id: string; readonly offset: number; readonly lengthBytes: number }[] = [];
  /** Where each chunk was seen last, and which chunk is where. */
  readonly #offsets = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  #readBytes = 0;
  #ended = false;

  /** @param references of the base, in order */
  constructor(references: AsyncIterable<ContentReference>) {
    this.#references = references[Symbol.asyncIterator]();
  }

  /** Moves the window around a position of the base. Going back is allowed and does nothing. */
  async moveTo(position: number): Promise<void> {
    while (!this.#ended && this.#readBytes < position + reachBytes) {
      const next = await this.#references.next();
      if (next.done === true) this.#ended = true;
      else this.#add(next.value);
    }
    const behind = this.#window.findIndex(({ offset, lengthBytes }) => offset + lengthBytes >= position - reachBytes);
    for (const { id, offset } of this.#window.splice(0, behind === -1 ? this.#window.length : behind)) {
      if (this.#offsets.get(id) === offset) this.#offsets.delete(id);
      this.#ids.delete(offset);
    }
  }

  /** Where the chunk with this identity lies in the base, if it is near: where it is expected if it is there too, else the farthest of several. */
  find(id: string, expectedOffset: number): number | undefined {
    return this.#ids.get(expectedOffset) === id ? expectedOffset : this.#offsets.get(id);
  }

  /** Ends reading. */
  async close(): Promise<void> {
    await this.#references.return?.();
  }

  #add({ id, lengthBytes }: ContentReference): void {
    this.#window.push({ id, offset: this.#readBytes, lengthBytes });
    this.#offsets.set(id, this.#readBytes);
    this.#ids.set(this.#readBytes, id);
    this.#readBytes += lengthBytes;
  }
}
