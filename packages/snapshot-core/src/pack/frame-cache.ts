import type { PackFrame } from '../format/pack-directory.ts';

/** Opened frames by pack and number, so that neighbours in one frame cost one read. The least recently used go first. */
export class FrameCache {
  readonly #maxBytes: number;
  readonly #frames = new Map<string, Uint8Array>();
  #heldBytes = 0;

  /** @param maxBytes plain bytes it may hold; a frame larger than that is not kept */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Plain bytes of a frame; do not change them. */
  get(packName: string, frame: PackFrame): Uint8Array | undefined {
    const key = keyOf(packName, frame);
    const plain = this.#frames.get(key);
    if (!plain) return undefined;
    this.#frames.delete(key);
    this.#frames.set(key, plain);
    return plain;
  }

  /** Takes over the bytes. */
  set(packName: string, frame: PackFrame, plain: Uint8Array): void {
    const key = keyOf(packName, frame);
    this.#forget(key);
    if (plain.length > this.#maxBytes) return;
    this.#frames.set(key, plain);
    this.#heldBytes += plain.length;
    for (const oldest of this.#frames.keys()) {
      if (this.#heldBytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  /** Lets go of a frame that turned out to be damaged. */
  delete(packName: string, frame: PackFrame): void {
    this.#forget(keyOf(packName, frame));
  }

  #forget(key: string): void {
    this.#heldBytes -= this.#frames.get(key)?.length ?? 0;
    this.#frames.delete(key);
  }
}

function keyOf(packName: string, { ordinal }: PackFrame): string {
  return `${packName} ${ordinal}`;
}
