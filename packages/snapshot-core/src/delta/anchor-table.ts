import type { Anchor } from './scan-anchors.ts';

/** Anchors of the result, to be looked up by key; of those with the same key the first. Can be sent to other threads. */
export interface AnchorTable {
  /** Ascending. */
  readonly keys: Uint32Array;
  /** The anchors' positions, in the order of the keys. */
  readonly positions: Float64Array;
}

/** Collects anchors. Of too many it keeps those whose keys are multiples of a power of two, so that both ends thin out alike. */
export class AnchorCollector {
  readonly #maxAnchors: number;
  #byKey = new Map<number, number>();
  #mask = 0;

  /** @param maxAnchors bounds memory: 12 bytes each in the table, about 50 until then */
  constructor(maxAnchors: number) {
    this.#maxAnchors = maxAnchors;
  }

  /** Takes an anchor, or not. */
  add({ key, position }: Anchor): void {
    if ((key & this.#mask) !== 0 || this.#byKey.has(key)) return;
    this.#byKey.set(key, position);
    while (this.#byKey.size > this.#maxAnchors) {
      this.#mask = (this.#mask << 1) | 1;
      for (const known of this.#byKey.keys()) if ((known & this.#mask) !== 0) this.#byKey.delete(known);
    }
  }

  /** The table of what was kept. */
  finish(): AnchorTable {
    const entries = [...this.#byKey].toSorted(([left], [right]) => left - right);
    return { keys: Uint32Array.from(entries, ([key]) => key), positions: Float64Array.from(entries, ([, position]) => position) };
  }
}

/** Position of the anchor with this key in the result, or `undefined`. */
export function findAnchor({ keys, positions }: AnchorTable, key: number): number | undefined {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key ? positions[low] : undefined;
}
