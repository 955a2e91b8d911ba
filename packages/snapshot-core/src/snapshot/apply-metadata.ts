import type { DirectoryEntry, FileEntry, SymlinkEntry } from '../format/tree-entry.ts';
import { changeMetadata } from '../source/change-metadata.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { ExtendedAttributes } from '../source/extended-attributes.ts';
import { sameFile, type FileId } from '../source/file-facts.ts';
import { lookAt } from '../source/list-directory.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { attributeChanges } from './attribute-changes.ts';
import type { IssueList } from './item-issue.ts';

/**
 * Gives what was written its stored owner, extended attributes, mode and time, and reports what the target cannot hold.
 *
 * @param written what was written, or compared with what is stored: whoever owns the directory may have given the name to a file of
 *   his own since, which must not get the rights of this one. `undefined` for a symlink, which has none
 */
export function applyMetadata(
  port: ExtendedAttributes, directory: DirectoryHandle, name: Uint8Array, path: Uint8Array, entry: FileEntry | DirectoryEntry | SymlinkEntry,
  written: FileId | undefined, issues: Pick<IssueList, 'add'>,
): void {
  try {
    const present = lookAt(directory, name);
    if (present?.type !== entry.type || (written !== undefined && !sameFile(present, written))) return issues.add(path, 'in-the-way', takenMessage);
    const refused = changeMetadata(directory, name, entry.type, entry, present, { port, changes: attributeChanges(port, directory, name, entry) });
    if (refused === undefined) return issues.add(path, 'in-the-way', takenMessage);
    if (refused.length > 0) issues.add(path, 'metadata', `the target does not take its ${refused.join(', ')}`);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    issues.add(path, 'metadata', `the target does not take its metadata: ${code}`);
  }
}

const takenMessage = 'something else took the name while it was restored';
