import type { ContentTable } from '../../format/tree-entry.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { Repository } from '../../repository/repository.ts';
import { readReferences } from '../read-content.ts';
import { PackedReferenceWriter, toPackedChunk } from '../region/packed-references.ts';

/** Consecutive chunks of a content, packed for a task. */
export interface PackedRun {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Yields a content in runs of about that many bytes, in order: memory stays flat. */
export async function* packContent(repository: Repository, content: ContentTable, runBytes: number, options: CallOptions): AsyncGenerator<PackedRun> {
  let writer = new PackedReferenceWriter();
  let offset = 0;
  let lengthBytes = 0;
  for await (const reference of readReferences(repository, content, 'data', options)) {
    options.signal?.throwIfAborted();
    writer.add(toPackedChunk(reference));
    lengthBytes += reference.lengthBytes;
    if (lengthBytes < runBytes) continue;
    yield { packed: writer.finish(), offset, lengthBytes };
    offset += lengthBytes;
    lengthBytes = 0;
    writer = new PackedReferenceWriter();
  }
  if (lengthBytes > 0) yield { packed: writer.finish(), offset, lengthBytes };
}
