import { countPacked, packedLengthAt, packedReferenceBytes } from '../../format/packed-references.ts';
import type { ContentTable } from '../../format/tree-entry.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { ObjectPort } from '../object-port.ts';
import { readPackedReferences } from '../read-content.ts';

/** Consecutive chunks of a content, packed for a task. */
export interface PackedRun {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly offset: number;
  readonly lengthBytes: number;
}

/**
 * Yields a content in runs, in order, each ended by the chunk that makes it `runBytes` long or longer; the last may be shorter. Memory
 * stays flat.
 */
export async function* packContent(objects: ObjectPort, content: ContentTable, runBytes: number, options: CallOptions): AsyncGenerator<PackedRun> {
  let parts: Uint8Array[] = [];
  let offset = 0;
  let lengthBytes = 0;
  for await (const packed of readPackedReferences(objects, content, options)) {
    options.signal?.throwIfAborted();
    let from = 0;
    for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
      lengthBytes += packedLengthAt(packed, ordinal);
      if (lengthBytes < runBytes) continue;
      const to = (ordinal + 1) * packedReferenceBytes;
      yield { packed: joinParts([...parts, packed.subarray(from, to)]), offset, lengthBytes };
      parts = [];
      from = to;
      offset += lengthBytes;
      lengthBytes = 0;
    }
    if (from < packed.length) parts.push(packed.subarray(from));
  }
  if (lengthBytes > 0) yield { packed: joinParts(parts), offset, lengthBytes };
}

/** In bytes of its own, which can cross to a thread. */
function joinParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
