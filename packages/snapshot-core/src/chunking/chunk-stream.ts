import { regionBytes } from './chunk-profiles.ts';
import { findCut } from './find-cut.ts';
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
  let window = new Uint8Array(0);
  const fullBytes = 4 * parameters.maxBytes;
  let filled = 0;
  let chunkStart = 0;
  let sourceOffset = 0;

  // A chunk is cut only when more bytes follow what could belong to it, so that the end of the source is never a guess.
  function* cutWhile(isEnd: boolean): Generator<Chunk> {
    for (;;) {
      const available = filled - chunkStart;
      const toRegionEdge = regionBytes - (sourceOffset % regionBytes);
      const reach = Math.min(parameters.maxBytes, toRegionEdge);
      if (available === 0 || (!isEnd && available <= reach)) return;
      const end = chunkStart + Math.min(available, toRegionEdge);
      const found = findCut(window, chunkStart, end, parameters);
      const lengthBytes = found.end - chunkStart;
      const cut = lengthBytes === available && isEnd ? 'end' : lengthBytes === toRegionEdge ? 'region' : found.byContent ? 'content' : 'max';
      yield { offset: sourceOffset, bytes: window.slice(chunkStart, found.end), cut };
      chunkStart = found.end;
      sourceOffset += lengthBytes;
    }
  }

  for await (const piece of source) {
    for (let taken = 0; taken < piece.length; ) {
      options.signal?.throwIfAborted();
      if (filled === window.length) {
        // A small source that arrives in one piece gets no more than it needs; a tree has thousands of them.
        const grown = window.length === 0 && piece.length < fullBytes ? new Uint8Array(piece.length) : window.length < fullBytes ? new Uint8Array(fullBytes) : window;
        grown.set(window.subarray(chunkStart, filled));
        window = grown;
        filled -= chunkStart;
        chunkStart = 0;
      }
      const part = piece.subarray(taken, taken + window.length - filled);
      window.set(part, filled);
      filled += part.length;
      taken += part.length;
      yield* cutWhile(false);
    }
  }
  options.signal?.throwIfAborted();
  yield* cutWhile(true);
}
