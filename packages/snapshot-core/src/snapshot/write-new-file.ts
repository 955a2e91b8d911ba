import { closeSync, constants, fstatSync, openSync, unlinkSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { changeOpenMetadata } from '../source/change-open-metadata.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { factsFromStats } from '../source/file-facts.ts';
import { removeName } from './target-names.ts';
import type { SyncQueue } from '../source/sync-queue.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { writeContent } from './write-content.ts';

/**
 * Writes a stored file without extended attributes under its final name, in a directory that this restore made and that gives new
 * files no attributes. Nobody knows the name yet, so no temporary one is needed. Durable when `syncQueue` is drained.
 *
 * @returns the properties that the target refused; `undefined` when the name is taken after all, and nothing was done
 * @throws what reading and writing throw; the file is removed then
 */
export async function writeNewFile(
  repository: Repository, directory: DirectoryHandle, entry: FileEntry, syncQueue: SyncQueue, options: CallOptions, onBytes: (bytes: number) => void,
): Promise<readonly string[] | undefined> {
  const path = directory.pathOf(entry.name);
  const descriptor = createNew(path);
  if (descriptor === undefined) return undefined;
  let refused: readonly string[];
  try {
    await writeContent(repository, descriptor, entry, options, onBytes);
    refused = changeOpenMetadata(descriptor, entry, factsFromStats(fstatSync(descriptor, { bigint: true })));
  } catch (error) {
    closeSync(descriptor);
    unlinkSync(path);
    throw error;
  }
  await syncQueue.add(descriptor, () => removeName(directory, entry.name, 'file'));
  return refused;
}

function createNew(path: Buffer): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}
