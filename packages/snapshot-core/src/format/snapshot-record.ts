import type { ObjectId } from './object-reference.ts';

/** What the snapshot was taken of. Both kinds have a tree object as their root. */
export type SnapshotSourceKind = 'tree' | 'image';

/** Counts of one snapshot; bytes unless named otherwise. */
export interface SnapshotStatistics {
  /** Files, folders and links (tree), or 1 (image). */
  readonly entryCount: number;
  /** Logical size of everything in the snapshot. */
  readonly totalBytes: number;
  readonly chunkCount: number;
  /** Bytes of objects that were new to the repository. */
  readonly addedBytes: number;
  readonly durationMs: number;
}

/** What the caller decides about a snapshot; the repository adds the rest when it commits. */
export interface SnapshotDraft {
  /** Snapshot this one was compared with, if any. It may have been forgotten since. */
  readonly parentId?: string;
  /** When the source was read, milliseconds since 1970 UTC. */
  readonly timeMs: number;
  /** At most 255 bytes of UTF-8. */
  readonly hostname: string;
  /** At most 255 labels of at most 255 bytes; order is kept. */
  readonly labels: readonly string[];
  readonly source: {
    readonly kind: SnapshotSourceKind;
    /** For people: the path or device name, at most 65,535 bytes of UTF-8. */
    readonly description: string;
  };
  /** A saved tree object. */
  readonly rootId: ObjectId;
  readonly statistics: SnapshotStatistics;
  /** Something in it could not be read whole (torn or unreadable files); the tree says what. */
  readonly incomplete: boolean;
}

/** A committed snapshot: one file of its own, self-checking, never changed. */
export interface SnapshotRecord extends SnapshotDraft {
  /** 32 hexadecimal characters, random; also the name of the file. */
  readonly id: string;
  /** Prune epoch of the repository that the commit was checked against. */
  readonly pruneEpoch: number;
}
