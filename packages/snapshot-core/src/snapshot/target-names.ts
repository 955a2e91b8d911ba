import { renameSync, rmdirSync, symlinkSync, unlinkSync, linkSync, mkdirSync } from 'node:fs';
import type { Repository } from '../repository/repository.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { lookAt } from '../source/list-directory.ts';
import { withParentOf } from '../source/open-parent.ts';
import { systemErrorCode } from '../source/system-error-code.ts';

/**
 * Creates something under a temporary name in the same directory and moves it over its final name in one step.
 *
 * The temporary name comes from the final one, so a killed run leaves at most one per file; a name that is taken is never
 * overwritten, a number is appended.
 *
 * @returns what `create` answered
 */
export async function createThenRename<Created>(
  repository: Pick<Repository, 'identify'>,
  directory: DirectoryHandle,
  name: Uint8Array,
  create: (temporary: Buffer) => Created | Promise<Created>,
): Promise<Created> {
  const stem = `.winre-kit-${repository.identify(name).slice(0, 16)}`;
  for (let attempt = 0; ; attempt++) {
    const temporaryName = Buffer.from(`${stem}-${attempt}.tmp`);
    if (lookAt(directory, temporaryName) !== undefined) continue;
    const temporary = directory.pathOf(temporaryName);
    let created: Created;
    try {
      created = await create(temporary);
      renameSync(temporary, directory.pathOf(name));
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') continue;
      removeIfThere(temporary);
      throw error;
    }
    // Renaming one hard link over another of the same file does nothing and leaves both.
    removeIfThere(temporary);
    return created;
  }
}

function removeIfThere(path: Buffer): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** Makes a symlink, replacing whatever non-directory has the name. */
export function writeSymlink(repository: Pick<Repository, 'identify'>, directory: DirectoryHandle, name: Uint8Array, target: Uint8Array): Promise<void> {
  return createThenRename(repository, directory, name, (temporary) => symlinkSync(Buffer.from(target), temporary));
}

/** Makes a name another name of the file at `existingPath` beneath `root`, replacing whatever non-directory has it. */
export function writeHardLink(repository: Pick<Repository, 'identify'>, root: DirectoryHandle, existingPath: Uint8Array, directory: DirectoryHandle, name: Uint8Array): Promise<void> {
  return withParentOf(root, existingPath, (existing, existingName) =>
    createThenRename(repository, directory, name, (temporary) => linkSync(existing.pathOf(existingName), temporary)));
}

/** Makes a directory that only its owner may enter; its final mode is set when everything in it is done. */
export function makeDirectory(directory: DirectoryHandle, name: Uint8Array): void {
  mkdirSync(directory.pathOf(name), 0o700);
}

/** Removes one name: a directory must be empty. */
export function removeName(directory: DirectoryHandle, name: Uint8Array, type: string): void {
  if (type === 'directory') rmdirSync(directory.pathOf(name));
  else unlinkSync(directory.pathOf(name));
}
