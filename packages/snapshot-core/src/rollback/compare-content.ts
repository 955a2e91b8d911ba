import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { readReferences } from '../snapshot/read-content.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { factsFromStats } from '../source/file-facts.ts';
import type { Pacer } from '../source/pacer.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import type { ContentDifference } from './decide-rollback.ts';
import { appendRange, type ByteRange } from '../source/byte-range.ts';

/**
 * Compares a present file with a stored one, chunk by chunk, by identity: times and sizes can be kept by whoever changed it.
 *
 * Bytes beyond the stored end are not a range; they make `differs` with the ranges before them, possibly none.
 */
export async function compareContent(
  repository: Repository, directory: DirectoryHandle, name: Uint8Array, stored: FileEntry, pacer: Pacer, options: CallOptions,
): Promise<ContentDifference> {
  let descriptor: number;
  try {
    descriptor = openSync(directory.pathOf(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return { state: 'unreadable' };
  }
  try {
    const facts = factsFromStats(fstatSync(descriptor, { bigint: true }));
    if (facts.type !== 'file') return { state: 'unreadable' };
    const ranges: ByteRange[] = [];
    let offset = 0;
    for await (const reference of readReferences(repository, stored.content, 'data', options)) {
      await pacer.step();
      const present = readAt(descriptor, offset, reference.lengthBytes);
      if (present === undefined) return { state: 'unreadable' };
      if (present.length !== reference.lengthBytes || repository.identify(present) !== reference.id) appendRange(ranges, { offset, bytes: reference.lengthBytes });
      offset += reference.lengthBytes;
    }
    return ranges.length === 0 && facts.bytes === stored.size ? { state: 'same' } : { state: 'differs', ranges };
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes at an offset, fewer at the end; `undefined` when the disk cannot give them (a bad sector is repaired by writing). */
export function readAt(descriptor: number, offset: number, bytes: number): Uint8Array | undefined {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  try {
    while (done < bytes) {
      const bytesRead = readSync(descriptor, buffer, done, bytes - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
  return buffer.subarray(0, done);
}
