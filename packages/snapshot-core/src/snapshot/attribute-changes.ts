import type { DirectoryEntry, FileEntry, SymlinkEntry } from '../format/tree-entry.ts';
import { withAttributePath } from '../source/change-metadata.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { ExtendedAttributes } from '../source/extended-attributes.ts';
import { planAttributeChanges } from '../source/plan-attribute-changes.ts';
import type { AttributeChange } from '../source/plan-attribute-changes.ts';
import { readAttributes } from '../source/read-attributes.ts';

/**
 * What has to change so that a name has the extended attributes that were stored, or none when nothing is known of them.
 *
 * Where they cannot be reached, every stored one has to be set: the attempt will say that it cannot.
 *
 * @throws system errors when there is no such name
 */
export function attributeChanges(port: ExtendedAttributes, directory: DirectoryHandle, name: Uint8Array, entry: FileEntry | DirectoryEntry | SymlinkEntry): AttributeChange[] {
  if (entry.attributes === undefined) return [];
  return planAttributeChanges(entry.attributes, withAttributePath(directory, name, entry.type, (path) => readAttributes(port, path)));
}
