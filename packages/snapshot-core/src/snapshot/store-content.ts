import type { ContentTable } from '../format/tree-entry.ts';
import { ContentBuilder } from './content-builder.ts';
import { saveChunks } from './save-chunks.ts';
import type { SaveContext } from './save-chunks.ts';

/** Bytes that were stored, and where. */
export interface StoredContent {
  readonly content: ContentTable;
  readonly bytes: number;
  readonly chunkCount: number;
}

/** Cuts bytes into chunks and saves them. Memory does not grow with the source. */
export async function storeContent(context: SaveContext, pieces: AsyncIterable<Uint8Array>): Promise<StoredContent> {
  const builder = new ContentBuilder(context.repository, 'data', context.tally.saved);
  let bytes = 0;
  let chunkCount = 0;
  for await (const reference of saveChunks(context, pieces)) {
    await builder.add(reference, context.options);
    bytes += reference.lengthBytes;
    chunkCount += 1;
  }
  return { content: await builder.finish(context.options), bytes, chunkCount };
}
