import { ftruncateSync, writeSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { nonZeroRuns } from './non-zero-runs.ts';
import { loadChunk, readReferences } from './read-content.ts';

/**
 * Writes a stored file's bytes into a new, empty file, each chunk verified first. Zeros of a sparse file are left unwritten.
 *
 * @param onBytes told how much of the content is done, holes included
 */
export async function writeContent(repository: Repository, descriptor: number, entry: FileEntry, options: CallOptions, onBytes: (bytes: number) => void): Promise<void> {
  let offset = 0;
  // A hole is stored as the same chunk of zeros many times over: what was found to be zeros once need not be loaded again.
  let zeroChunkId: string | undefined;
  for await (const reference of readReferences(repository, entry.content, 'data', options)) {
    options.signal?.throwIfAborted();
    if (reference.id !== zeroChunkId) {
      const bytes = await loadChunk(repository, reference, options);
      const runs = entry.sparse ? nonZeroRuns(bytes, offset) : [{ offset, bytes: bytes.length }];
      for (const run of runs) writeAt(descriptor, bytes.subarray(run.offset - offset, run.offset - offset + run.bytes), run.offset);
      if (runs.length === 0) zeroChunkId = reference.id;
    }
    offset += reference.lengthBytes;
    onBytes(reference.lengthBytes);
  }
  if (entry.sparse) ftruncateSync(descriptor, entry.size);
}

function writeAt(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
}
