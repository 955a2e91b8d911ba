import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { factsFromStats, type FileId } from '../source/file-facts.ts';
import type { SyncQueue } from '../source/sync-queue.ts';
import { createThenRename, removeName } from './target-names.ts';
import { writeContent } from './write-content.ts';

/**
 * Writes a stored file under a temporary name and moves it over its final name. Durable when `syncQueue` is drained.
 *
 * Every chunk is verified before it is written; the final name shows either what was there before or the whole file.
 *
 * @returns which file was written; somebody else may take the name away from it
 */
export async function writeFile(
  repository: Repository, directory: DirectoryHandle, name: Uint8Array, entry: FileEntry, syncQueue: Pick<SyncQueue, 'add'>, options: CallOptions, onBytes: (bytes: number) => void,
): Promise<FileId> {
  const opened: number[] = [];
  try {
    const written = await createThenRename(repository, directory, name, async (temporary) => {
      const descriptor = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
      opened.push(descriptor);
      await writeContent(repository, descriptor, entry, options, onBytes);
      return factsFromStats(fstatSync(descriptor, { bigint: true }));
    });
    const descriptor = opened.pop();
    if (descriptor !== undefined) await syncQueue.add(descriptor, () => removeName(directory, name, 'file'));
    return written;
  } finally {
    // Those that did not get the name; the other one is the queue's.
    for (const descriptor of opened) closeSync(descriptor);
  }
}
