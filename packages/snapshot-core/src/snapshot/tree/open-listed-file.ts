import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { factsFromStats, type FileFacts } from '../../source/file-facts.ts';
import type { PresentEntry } from '../../source/list-directory.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';

/** One name as it is now; a file may be open for reading. */
export interface OpenedEntry extends PresentEntry {
  /** Belongs to whoever opened it; `facts` are of what is open. */
  readonly descriptor?: number | undefined;
}

/** A regular file that is open. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly facts: FileFacts;
}

/** How a file is opened for reading. O_NONBLOCK: had a fifo taken the file's place, opening it must not wait for a writer. */
export const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens what was listed as a regular file, instead of looking at it first. `undefined` when it cannot be opened, or is none: then a look is needed. The caller closes it. */
export function openListedFile(directory: DirectoryHandle, name: Uint8Array): OpenedFile | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(directory.pathOf(name), readFlags);
    const facts = factsFromStats(fstatSync(descriptor, { bigint: true }));
    if (facts.type === 'file') return { descriptor, facts };
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
  if (descriptor !== undefined) closeSync(descriptor);
  return undefined;
}
