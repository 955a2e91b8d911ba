import type { ContentTable } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ByteRange } from '../source/byte-range.ts';
import type { ObjectPort } from './object-port.ts';
import { readReferences } from './read-content.ts';

/**
 * Yields the chunks of `to` that `from` does not have at the same offset, in order; those that follow each other as one range. Reads lists only.
 *
 * @throws {SnapshotError} `object/*`, `format/damaged`
 */
export async function* changedRanges(objects: ObjectPort, from: ContentTable, to: ContentTable, options: CallOptions): AsyncGenerator<ByteRange> {
  const earlier = readReferences(objects, from, 'data', options);
  let changed: ByteRange | undefined;
  let offset = 0;
  let earlierOffset = 0;
  try {
    let step = await earlier.next();
    for await (const { id, lengthBytes } of readReferences(objects, to, 'data', options)) {
      options.signal?.throwIfAborted();
      while (step.done !== true && earlierOffset < offset) {
        earlierOffset += step.value.lengthBytes;
        step = await earlier.next();
      }
      const isSame = step.done !== true && earlierOffset === offset && step.value.id === id;
      if (!isSame) changed = changed === undefined ? { offset, bytes: lengthBytes } : { offset: changed.offset, bytes: changed.bytes + lengthBytes };
      else if (changed !== undefined) {
        yield changed;
        changed = undefined;
      }
      offset += lengthBytes;
    }
    if (changed !== undefined) yield changed;
  } finally {
    await earlier.return(undefined);
  }
}
