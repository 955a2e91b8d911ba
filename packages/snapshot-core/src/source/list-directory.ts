import { lstatSync } from 'node:fs';
import type { DirectoryHandle } from './directory-handle.ts';
import { factsFromStats } from './file-facts.ts';
import type { FileFacts } from './file-facts.ts';
import { isGone, systemErrorCode } from './system-error-code.ts';

const currentDirectory = Buffer.from('.');

/** One name of a directory as it is now. */
export interface PresentEntry {
  readonly name: Uint8Array;
  /** Held open by whoever lists; valid until the next step of the listing's owner. */
  readonly directory: DirectoryHandle;
  readonly facts: FileFacts;
}

/**
 * Yields what is in a directory now, sorted bytewise, each looked at only when asked for.
 *
 * A name that vanishes between the listing and the look is left out: it is as if it had gone a moment earlier.
 */
export function* listDirectory(directory: DirectoryHandle): Generator<PresentEntry> {
  for (const name of directory.names()) {
    const facts = lookAt(directory, name);
    if (facts !== undefined) yield { name, directory, facts };
  }
}

/** What one name is now, without following a symlink; `undefined` when there is no such name. */
export function lookAt(directory: DirectoryHandle, name: Uint8Array): FileFacts | undefined {
  try {
    return factsFromStats(lstatSync(directory.pathOf(name), { bigint: true }));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Whether a directory has no such name. False when that cannot be told: the name cannot be looked at, or, where directories are found by their paths,
 * the path leads to another one by now.
 */
export function isMissing(directory: DirectoryHandle, name: Uint8Array): boolean {
  try {
    return lookAt(directory, name) === undefined && lookAt(directory, currentDirectory) !== undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
