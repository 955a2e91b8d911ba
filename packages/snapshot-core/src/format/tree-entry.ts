import type { EntryAttributes } from './extended-attribute.ts';
import type { ObjectReference } from './object-reference.ts';

/** A reference with what it stands for: bytes of content for a file, entries for a directory, counted through all levels below. */
export interface ContentReference extends ObjectReference {
  readonly measure: number;
}

/**
 * Where an entry's content lies.
 *
 * At level 0 the references are the content itself: data objects of a file, or pages of a directory. At every higher level
 * they are lists of references one level below, so that neither a huge file nor a huge directory makes an object huge.
 */
export interface ContentTable {
  readonly level: number;
  readonly references: readonly ContentReference[];
}

/**
 * Why something is in a snapshot by name only. What lies there today is left alone by a rollback.
 *
 * `offline`: a cloud placeholder, whose content would have to be fetched first. `encrypted`: by EFS, for one user's key. `damaged`: its content was
 * lost in the repository, and a repair made a snapshot without it.
 */
export type UnreadReason = 'special' | 'permission' | 'failed' | 'other-file-system' | 'excluded' | 'repository' | 'offline' | 'encrypted' | 'damaged';

/** What every entry of a tree has; see `FileFacts` for units. */
export interface TreeEntryFacts {
  /** One name, as bytes; empty for the root alone. */
  readonly name: Uint8Array;
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  /** Bytes of a file, number of entries of a directory, bytes of a symlink's target, 0 for unread. */
  readonly size: number;
  readonly modifiedMicros: bigint;
  readonly changedNanos: bigint;
  readonly device: bigint;
  readonly inode: bigint;
  /** With more than one link, a file may be in the snapshot under several names; see `hardLinkGroup`. */
  readonly linkCount: number;
}

/** What was read, and so can come back. */
interface ReadFacts extends TreeEntryFacts {
  /** Extended attributes; absent when nothing is known about them. */
  readonly attributes?: EntryAttributes;
}

/** A regular file, or a whole image when it is the root of an image snapshot. */
export interface FileEntry extends ReadFacts {
  readonly type: 'file';
  /** It changed while it was read, twice: the content is a mixture of versions. */
  readonly torn: boolean;
  /** Its times were old enough when it was read that a later write must show in them. */
  readonly settled: boolean;
  /** It had holes: zeros that take no room. A restore leaves zeros unwritten; to everything else a hole and zeros are the same. */
  readonly sparse: boolean;
  readonly content: ContentTable;
}

/** A directory and its pages. */
export interface DirectoryEntry extends ReadFacts {
  readonly type: 'directory';
  /** Entries of it were lost in the repository, and nobody knows which: a rollback takes nothing away here. Present when true. */
  readonly incomplete?: true;
  readonly content: ContentTable;
}

/** A symbolic link; the target is kept as bytes and never interpreted. */
export interface SymlinkEntry extends ReadFacts {
  readonly type: 'symlink';
  readonly target: Uint8Array;
}

/** Something that was there but was not read. */
export interface UnreadEntry extends TreeEntryFacts {
  readonly type: 'unread';
  readonly reason: UnreadReason;
}

/** One entry of a stored tree. */
export type TreeEntry = FileEntry | DirectoryEntry | SymlinkEntry | UnreadEntry;
