import type { TreeEntryFacts } from '../format/tree-entry.ts';
import type { FileFacts } from '../source/file-facts.ts';

/** The fields an entry shares with what the file system says; `size` is the file's and is replaced where an entry means another. */
export function entryFacts(name: Uint8Array, facts: FileFacts): TreeEntryFacts {
  const { mode, userId, groupId, bytes, modifiedMicros, changedNanos, device, inode, linkCount } = facts;
  return { name, mode, userId, groupId, size: bytes, modifiedMicros, changedNanos, device, inode, linkCount };
}
