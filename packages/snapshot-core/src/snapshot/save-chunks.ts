import { chunkStream } from '../chunking/chunk-stream.ts';
import type { ContentReference } from '../format/tree-entry.ts';
import type { SieveParameters } from '../chunking/sieve-parameters.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';
import type { SnapshotTally } from './snapshot-tally.ts';

/** What saving chunks needs of a snapshot's context. */
export interface SaveContext {
  readonly repository: ObjectPort;
  readonly parameters: SieveParameters;
  readonly tally: SnapshotTally;
  readonly options: CallOptions;
}

/**
 * Cuts bytes into chunks, saves them, and yields where they went, in order. Memory does not grow with the source.
 *
 * A chunk like the one before it is neither hashed nor saved again: a hole of any size passes at the speed of memory.
 */
export async function* saveChunks({ repository, parameters, tally, options }: SaveContext, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ContentReference> {
  let previous: { readonly bytes: Uint8Array; readonly id: string } | undefined;
  let count = 0;
  for await (const { bytes, cut } of chunkStream(pieces, parameters, options)) {
    const lengthBytes = bytes.length;
    tally.bytesRead += lengthBytes;
    // Different chunks differ within their first bytes, nearly always: this costs next to nothing.
    if (previous === undefined || Buffer.compare(previous.bytes, bytes) !== 0) {
      const { id, added } = await repository.save(bytes, 'data', options);
      tally.saved({ id, added, lengthBytes });
      previous = { bytes, id };
    }
    yield { kind: 'data', id: previous.id, lengthBytes, cut, measure: lengthBytes };
    count += 1;
    if (count % 64 === 0) tally.progress();
  }
}
