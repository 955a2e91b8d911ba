import type { DirectoryEntry, FileEntry, SymlinkEntry, TreeEntry } from '../format/tree-entry.ts';
import type { FileFacts } from '../source/file-facts.ts';
import type { ByteRange } from '../source/byte-range.ts';
import type { RollbackDecision } from './rollback-action.ts';

/** Files from this size on are repaired in place: there may be no room for a second copy, and little of them differs. */
const inPlaceFromBytes = 1_048_576;

/** Whether what is there has to go before the snapshot's entry can come: it is unknown to the snapshot, or another type. Pure. */
export function decideRemoval(stored: TreeEntry | undefined, present: FileFacts, guard: 'none' | 'repository' | 'other-file-system'): RollbackDecision {
  const base = { type: present.type, writeBytes: 0, lostBytes: 0 };
  if (guard === 'repository') return { ...base, action: 'keep', reason: 'it is the repository, or leads to it' };
  if (stored?.type === 'unread') return { ...base, action: 'keep', reason: `the snapshot knows only that it was there (${stored.reason})` };
  if (guard === 'other-file-system') return { ...base, action: 'blocked', reason: 'another file system is mounted here' };
  if (stored?.type === present.type) return { ...base, action: 'keep', reason: 'it is in the snapshot' };
  const lostBytes = present.type === 'file' ? present.bytes : 0;
  if (stored === undefined) return { ...base, action: 'delete', reason: 'it is not in the snapshot', lostBytes };
  return { ...base, action: 'delete', reason: `it was a ${stored.type} and is a ${present.type} now`, lostBytes };
}

/** How the content of a file that is there compares with the stored one. */
export type ContentDifference = { readonly state: 'same' } | { readonly state: 'unreadable' } | { readonly state: 'differs'; readonly ranges: readonly ByteRange[] };

/** With whom a file that is there shares its data. `foreign`: with a name outside the tree, or one the snapshot keeps apart. */
export type DataSharing = 'none' | 'as-stored' | 'unknown-names' | 'separate-in-snapshot';

/**
 * What to do with a stored file. Pure.
 *
 * Rewriting in place goes through every name of the data. So it is allowed only when all its names are in the tree and
 * belong together in the snapshot too; otherwise a planted hard link would carry our writes out of the target.
 */
export function decideFile(stored: FileEntry, present: FileFacts | undefined, difference: ContentDifference, sharing: DataSharing, attributesDiffer = false): RollbackDecision {
  const base = { type: 'file', writeBytes: stored.size } as const;
  if (present === undefined) return { ...base, action: 'create', reason: 'it is missing', lostBytes: 0 };
  if (difference.state === 'unreadable') return { ...base, action: 'replace', reason: 'it cannot be read', lostBytes: present.bytes };
  const ranges = difference.state === 'same' ? [] : difference.ranges;
  const differingBytes = ranges.reduce((sum, range) => sum + range.bytes, 0);
  const lostBytes = ranges.reduce((sum, { offset, bytes }) => sum + Math.max(0, Math.min(bytes, present.bytes - offset)), 0) + Math.max(0, present.bytes - stored.size);
  if (sharing === 'separate-in-snapshot') return { ...base, action: 'replace', reason: 'it shares its data with a name that the snapshot keeps apart', lostBytes };
  if (difference.state === 'same') return decideMetadata(stored, present, attributesDiffer);
  const reason = present.bytes === stored.size ? `${differingBytes} of ${stored.size} bytes differ` : `it has ${present.bytes} bytes instead of ${stored.size}, and ${differingBytes} differ`;
  if (sharing === 'unknown-names') return { ...base, action: 'replace', reason: `${reason}; it shares its data with a name that is not in the tree`, lostBytes };
  const large = stored.size >= inPlaceFromBytes && present.bytes >= inPlaceFromBytes;
  // A small file is replaced: no reader ever sees half of it, and a program that runs from it keeps the old one.
  return large ? { type: 'file', action: 'rewrite', reason, writeBytes: differingBytes, lostBytes, ranges } : { ...base, action: 'replace', reason, lostBytes };
}

/** What to do with a stored symlink; `target` is what the present one points to. Pure. */
export function decideSymlink(stored: SymlinkEntry, present: FileFacts | undefined, target: Uint8Array | undefined, attributesDiffer = false): RollbackDecision {
  if (present === undefined) return { type: 'symlink', action: 'create', reason: 'it is missing', writeBytes: 0, lostBytes: 0 };
  if (target === undefined || Buffer.compare(stored.target, target) !== 0) return { type: 'symlink', action: 'replace', reason: 'it points elsewhere', writeBytes: 0, lostBytes: 0 };
  return decideMetadata(stored, present, attributesDiffer);
}

/** Whether owner, mode, extended attributes and time are as stored. Pure. */
export function decideMetadata(stored: FileEntry | DirectoryEntry | SymlinkEntry, present: FileFacts, attributesDiffer = false): RollbackDecision {
  const metadata = [
    ...(stored.mode !== present.mode && stored.type !== 'symlink' ? ['mode' as const] : []),
    ...(stored.userId !== present.userId || stored.groupId !== present.groupId ? ['owner' as const] : []),
    ...(attributesDiffer ? ['extended attributes' as const] : []),
    ...(stored.modifiedMicros !== present.modifiedMicros ? ['time' as const] : []),
  ];
  const base = { type: stored.type, writeBytes: 0, lostBytes: 0 };
  return metadata.length === 0
    ? { ...base, action: 'keep', reason: 'it is as in the snapshot' }
    : { ...base, action: 'set-metadata', reason: `its ${metadata.join(', ')} differ${metadata.length === 1 && !attributesDiffer ? 's' : ''}`, metadata };
}
