import type { ContentReference } from '../format/tree-entry.ts';

/** How far from the place where it is expected a chunk is found again. */
const reachBytes = 67_108_864;

/** A chunk that was found in the base. */
export interface NearbyChunk {
  readonly offset: number;
  /** It stands nowhere else near, so that what surrounds it moved as it did. */
  readonly isUnique: boolean;
}

/** Knows the chunks of the base around a position that goes forward: memory does not grow with the base. */
export class NearbyChunks {
  readonly #references: AsyncIterator<ContentReference>;
  readonly #window: { readonly id: string; readonly offset: number; readonly lengthBytes: number }[] = [];
  /** By id, where it is seen last and how often. */
  readonly #places = new Map<string, { offset: number; count: number }>();
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
    for (const { id, offset } of this.#window.splice(0, behind === -1 ? this.#window.length : behind)) this.#drop(id, offset);
  }

  /** The chunk with this identity, if it is near: where it is expected if it is there too, else the farthest of several. */
  find(id: string, expectedOffset: number): NearbyChunk | undefined {
    const place = this.#places.get(id);
    return place && { offset: this.#ids.get(expectedOffset) === id ? expectedOffset : place.offset, isUnique: place.count === 1 };
  }

  /** Ends reading. */
  async close(): Promise<void> {
    await this.#references.return?.();
  }

  #add({ id, lengthBytes }: ContentReference): void {
    const offset = this.#readBytes;
    this.#window.push({ id, offset, lengthBytes });
    this.#ids.set(offset, id);
    this.#places.set(id, { offset, count: 1 + (this.#places.get(id)?.count ?? 0) });
    this.#readBytes += lengthBytes;
  }

  #drop(id: string, offset: number): void {
    this.#ids.delete(offset);
    const place = this.#places.get(id);
    if (place === undefined || place.count === 1) this.#places.delete(id);
    else place.count -= 1;
  }
}
