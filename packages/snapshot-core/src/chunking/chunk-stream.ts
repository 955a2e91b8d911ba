import { regionBytes } from './chunk-profiles.ts';
import { borrowWindow, returnWindow } from './scan-windows.ts';
import type { SieveParameters } from './sieve-parameters.ts';

/** Why a chunk ends where it ends; when several apply, the first of: end, region, content, max. */
export type CutKind = 'content' | 'max' | 'region' | 'end';

/** One chunk of a source. */
export interface Chunk {
  /** Position in the source. */
  readonly offset: number;
  /** A copy of the bytes; the receiver owns it. */
  readonly bytes: Uint8Array;
  readonly cut: CutKind;
}

/**
 * Cuts a byte stream into chunks.
 *
 * The result depends on the bytes and the parameters only, never on the sizes of the pieces they arrive in.
 * An empty source has no chunks. Breaking out of the loop closes the source.
 *
 * @throws the signal's reason when aborted, and whatever the source throws
 */
export async function* chunkStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  parameters: SieveParameters,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Chunk, void, undefined> {
  const windowBytes = 4 * parameters.maxBytes;
  const kernels = borrowWindow(windowBytes);
  const { bytes: window, dataStart } = kernels;
  const windowEnd = dataStart + windowBytes;
  let filled = dataStart;
  let chunkStart = dataStart;
  let sourceOffset = 0;
  kernels.setSieve(parameters);

  // A chunk is cut only when more bytes follow what could belong to it, so that the end of the source is never a guess.
  function* cutWhile(isEnd: boolean): Generator<Chunk> {
    for (;;) {
      const available = filled - chunkStart;
      const toRegionEdge = regionBytes - (sourceOffset % regionBytes);
      const reach = Math.min(parameters.maxBytes, toRegionEdge);
      if (available === 0 || (!isEnd && available <= reach)) return;
      const end = kernels.findCut(chunkStart, chunkStart + Math.min(available, toRegionEdge));
      const lengthBytes = end - chunkStart;
      const cut = lengthBytes === available && isEnd ? 'end' : lengthBytes === toRegionEdge ? 'region' : kernels.cutByContent ? 'content' : 'max';
      yield { offset: sourceOffset, bytes: window.slice(chunkStart, end), cut };
      chunkStart = end;
      sourceOffset += lengthBytes;
    }
  }

  try {
    for await (const piece of source) {
      for (let taken = 0; taken < piece.length; ) {
        options.signal?.throwIfAborted();
        if (filled === windowEnd) {
          window.copyWithin(dataStart, chunkStart, filled);
          filled -= chunkStart - dataStart;
          chunkStart = dataStart;
        }
        const part = piece.subarray(taken, taken + windowEnd - filled);
        window.set(part, filled);
        filled += part.length;
        taken += part.length;
        yield* cutWhile(false);
      }
    }
    options.signal?.throwIfAborted();
    yield* cutWhile(true);
  } finally {
    returnWindow(windowBytes, kernels);
  }
}
