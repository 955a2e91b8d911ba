import { chunkStream } from '../chunking/chunk-stream.ts';
import type { SieveParameters } from '../chunking/sieve-parameters.ts';
import type { ContentTable } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { ContentBuilder } from './content-builder.ts';
import type { SnapshotTally } from './snapshot-tally.ts';

/** Bytes that were stored, and where. */
export interface StoredContent {
  readonly content: ContentTable;
  readonly bytes: number;
  readonly chunkCount: number;
}

/** Cuts bytes into chunks and saves them. Memory does not grow with the source. */
export async function storeContent(
  repository: Repository,
  parameters: SieveParameters,
  pieces: AsyncIterable<Uint8Array>,
  tally: SnapshotTally,
  options: CallOptions,
): Promise<StoredContent> {
  const builder = new ContentBuilder(repository, 'data', tally.saved);
  let bytes = 0;
  let chunkCount = 0;
  for await (const chunk of chunkStream(pieces, parameters, options)) {
    const lengthBytes = chunk.bytes.length;
    const { id, added } = await repository.save(chunk.bytes, 'data', options);
    tally.saved({ id, added, lengthBytes });
    await builder.add({ kind: 'data', id, lengthBytes, cut: chunk.cut, measure: lengthBytes }, options);
    bytes += lengthBytes;
    chunkCount += 1;
    tally.bytesRead += lengthBytes;
    if (chunkCount % 64 === 0) tally.progress();
  }
  return { content: await builder.finish(options), bytes, chunkCount };
}
