import { closeSync, constants, openSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { SyncQueue } from '../source/sync-queue.ts';
import { createThenRename, removeName } from './target-names.ts';
import { writeContent } from './write-content.ts';

/**
 * Writes a stored file under a temporary name and moves it over its final name. Durable when `syncQueue` is drained.
 *
 * Every chunk is verified before it is written; the final name shows either what was there before or the whole file.
 */
export async function writeFile(
  repository: Repository, directory: DirectoryHandle, name: Uint8Array, entry: FileEntry, syncQueue: SyncQueue, options: CallOptions, onBytes: (bytes: number) => void,
): Promise<void> {
  let written: number | undefined;
  await createThenRename(repository, directory, name, async (temporary) => {
    const descriptor = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      await writeContent(repository, descriptor, entry, options, onBytes);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    written = descriptor;
  });
  if (written !== undefined) await syncQueue.add(written, () => removeName(directory, name, 'file'));
}
