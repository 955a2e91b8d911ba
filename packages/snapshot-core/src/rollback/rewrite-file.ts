import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadChunk, readReferences } from '../snapshot/read-content.ts';
import { removeName } from '../snapshot/target-names.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { factsFromStats, sameFile } from '../source/file-facts.ts';
import type { FileFacts } from '../source/file-facts.ts';
import type { SyncQueue } from '../source/sync-queue.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { readAt } from './compare-content.ts';
import { differingBlocks } from './differing-blocks.ts';
import type { ByteRange } from '../source/byte-range.ts';

/**
 * Writes the stored bytes of these ranges into a present file, only the 4 KiB blocks that differ, and sets its size. Durable when
 * `syncQueue` is drained.
 *
 * In place, because a large file may not fit twice and its other names and open readers must see the repair. A power cut in
 * the middle leaves a mixture that the next run compares and finishes. Answers with the bytes written, or `undefined` when the
 * file cannot be opened for writing (a running program, a read-only mode) or is not the one that was compared: replace it then.
 */
export async function rewriteFile(
  repository: Repository, directory: DirectoryHandle, name: Uint8Array, stored: FileEntry, compared: FileFacts,
  ranges: readonly ByteRange[], syncQueue: SyncQueue, options: CallOptions,
): Promise<number | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(directory.pathOf(name), constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ETXTBSY', 'EACCES', 'EPERM', 'EBUSY', 'ELOOP'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
  let handedOver = false;
  try {
    const facts = factsFromStats(fstatSync(descriptor, { bigint: true }));
    // A name that was added since the comparison could lie outside the target.
    if (!sameFile(facts, compared) || facts.linkCount !== compared.linkCount) return undefined;
    // What is missing at the end becomes a hole first; of it only what is not zeros is written.
    if (stored.sparse && facts.bytes < stored.size) ftruncateSync(descriptor, stored.size);
    let written = 0;
    let offset = 0;
    let next = 0;
    for await (const reference of readReferences(repository, stored.content, 'data', options)) {
      options.signal?.throwIfAborted();
      while (next < ranges.length && endOf(ranges[next]) <= offset) next += 1;
      const range = ranges[next];
      if (range === undefined) break;
      if (range.offset < offset + reference.lengthBytes) {
        const wanted = await loadChunk(repository, reference, options);
        const present = readAt(descriptor, offset, wanted.length) ?? new Uint8Array(0);
        for (const block of differingBlocks(wanted, present, offset)) {
          writeAt(descriptor, wanted.subarray(block.offset - offset, block.offset - offset + block.bytes), block.offset);
          written += block.bytes;
        }
      }
      offset += reference.lengthBytes;
    }
    if (facts.bytes > stored.size) ftruncateSync(descriptor, stored.size);
    handedOver = true;
    await syncQueue.add(descriptor, () => removeName(directory, name, 'file'));
    return written;
  } finally {
    if (!handedOver) closeSync(descriptor);
  }
}

function endOf(range: ByteRange | undefined): number {
  return range === undefined ? Number.POSITIVE_INFINITY : range.offset + range.bytes;
}

function writeAt(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
}
