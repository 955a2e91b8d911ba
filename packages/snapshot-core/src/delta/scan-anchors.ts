import { chunkProfiles } from '../chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../chunking/sieve-parameters.ts';
import { searchBytes, type DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';

/** A place that content itself marks, so that it is found again wherever the content went. Different content may have the same key. */
export interface Anchor {
  readonly position: number;
  /** 32 bits of the bytes before the place. */
  readonly key: number;
}

const keyWindowBytes = 64;
const sizes = chunkProfiles.small;
// Where anchors lie is nobody's secret and not stored: any key will do.
const anchorKey = new Uint8Array(32).fill(1);

/** Finds the anchors of a range, about one in 8 KiB: the content cuts of its chunks. Overwrites the memory. */
export async function scanAnchors(memory: DeltaMemory, reader: EndReader, start: number, end: number, visit: (anchor: Anchor) => void): Promise<void> {
  const { kernels, result } = memory;
  kernels.setSieve(deriveSieveParameters(anchorKey, sizes));
  for (let from = start; from < end; ) {
    const lengthBytes = Math.min(searchBytes, end - from);
    const isLast = from + lengthBytes === end;
    const pending = reader.read(from, kernels.bytes.subarray(result, result + lengthBytes));
    if (pending) await pending;
    let at = 0;
    while (at < lengthBytes && (isLast || lengthBytes - at >= sizes.maxBytes)) {
      at = kernels.findCut(result + at, result + lengthBytes) - result;
      if (kernels.cutByContent) visit({ position: from + at, key: hashOf(kernels.bytes, result + at) });
    }
    from += at;
  }
}

/** A mixing of the bytes before a position. Sieve cuts lie at least `minBytes` behind each other, so they are all there. */
function hashOf(bytes: Uint8Array, position: number): number {
  let hash = 0;
  for (let at = position - keyWindowBytes; at < position; at += 4) {
    const word = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
