import type { FileEntry } from './tree-entry.ts';

/**
 * A text that files of one snapshot share when they are one file under several names; `undefined` for a file with one name.
 *
 * The inode alone does not tell: while the snapshot ran, the number may have passed from one file to another, or the file may have
 * been changed. So time and content have to be the same too.
 */
export function hardLinkGroup({ linkCount, device, inode, modifiedMicros, size, content }: FileEntry): string | undefined {
  if (linkCount <= 1) return undefined;
  return [device, inode, modifiedMicros, size, content.level, ...content.references.map(({ id }) => id)].join(':');
}
