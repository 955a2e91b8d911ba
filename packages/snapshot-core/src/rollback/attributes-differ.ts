import type { DirectoryEntry, FileEntry, SymlinkEntry } from '../format/tree-entry.ts';
import { attributeChanges } from '../snapshot/attribute-changes.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { isGone } from '../source/system-error-code.ts';
import type { RollbackContext } from './rollback-context.ts';

/** Whether the extended attributes of a name are to be changed. False for one that has just gone. */
export function attributesDiffer(context: RollbackContext, directory: DirectoryHandle, name: Uint8Array, stored: FileEntry | DirectoryEntry | SymlinkEntry): boolean {
  try {
    return attributeChanges(context.attributes, directory, name, stored).length > 0;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
