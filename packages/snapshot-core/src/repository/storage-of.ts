import { createFolderStorage } from '../storage/folder-storage.ts';
import type { Storage } from '../storage/storage.ts';
import type { OpenRepositoryOptions } from './repository-options.ts';

/** The storage that was given, or the folder at the path. */
export function storageOf(options: OpenRepositoryOptions): Storage {
  const { clock } = options;
  return options.storage ?? createFolderStorage({ path: options.path, ...(clock && { nowMs: () => clock.nowMs() }) });
}
