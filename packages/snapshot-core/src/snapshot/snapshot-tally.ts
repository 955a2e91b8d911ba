import type { SavedNode } from './tree-objects.ts';
import { IssueList } from './item-issue.ts';
import type { ItemIssue } from './item-issue.ts';

/** How far a snapshot is. Sizes are bytes, counts grow only. */
export interface SnapshotProgress {
  readonly filesDone: number;
  readonly bytesRead: number;
  /** Taken over from the parent without reading. */
  readonly bytesReused: number;
  readonly bytesAdded: number;
}

/** What taking a snapshot found and did. */
export interface SnapshotReport {
  /** Regular files by what they were compared with the parent; without a parent all are new. A second name of a hard link is no file of its own. */
  readonly files: { readonly new: number; readonly changed: number; readonly unmodified: number; readonly torn: number };
  readonly directories: number;
  readonly symlinks: number;
  /** Names kept without what they stand for; `issues` says why. Left-out names (repository, `exclude`) count too. */
  readonly skipped: number;
  /** Bytes read from the source, retries included. */
  readonly bytesRead: number;
  /** Bytes taken over from the parent without being read. */
  readonly bytesReused: number;
  /** Bytes that were new to the repository, objects of the tree included. */
  readonly bytesAdded: number;
  /** The first 1,000 issues. */
  readonly issues: readonly ItemIssue[];
  readonly issueCount: number;
}

/** Tells of progress that never falls, also when work starts again. */
export function risingProgress(onProgress: (progress: SnapshotProgress) => void): (progress: SnapshotProgress) => void {
  let last: SnapshotProgress = { filesDone: 0, bytesRead: 0, bytesReused: 0, bytesAdded: 0 };
  return ({ filesDone, bytesRead, bytesReused, bytesAdded }) => {
    last = {
      filesDone: Math.max(last.filesDone, filesDone), bytesRead: Math.max(last.bytesRead, bytesRead),
      bytesReused: Math.max(last.bytesReused, bytesReused), bytesAdded: Math.max(last.bytesAdded, bytesAdded),
    };
    onProgress(last);
  };
}

/** Counts of a part of a snapshot, on their way between threads. */
export type TallyCounts = Pick<SnapshotTally, 'files' | (typeof countNames)[number]>;

const countNames = ['directories', 'symlinks', 'skipped', 'hardLinks', 'bytesRead', 'bytesReused', 'bytesAdded', 'totalBytes', 'chunkCount'] as const;

/** Counts while a snapshot is taken. */
export class SnapshotTally {
  readonly files = { new: 0, changed: 0, unmodified: 0, torn: 0 };
  directories = 0;
  symlinks = 0;
  skipped = 0;
  hardLinks = 0;
  bytesRead = 0;
  bytesReused = 0;
  bytesAdded = 0;
  totalBytes = 0;
  chunkCount = 0;
  readonly issues = new IssueList();
  readonly #onProgress: ((progress: SnapshotProgress) => void) | undefined;

  constructor(onProgress: ((progress: SnapshotProgress) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  /** Counts alone. */
  counts(): TallyCounts {
    const { files, directories, symlinks, skipped, hardLinks, bytesRead, bytesReused, bytesAdded, totalBytes, chunkCount } = this;
    return { files: { ...files }, directories, symlinks, skipped, hardLinks, bytesRead, bytesReused, bytesAdded, totalBytes, chunkCount };
  }

  /** For the same work from its start: what was read and stored in vain still counts, nothing else does. */
  startAgain(): SnapshotTally {
    const next = new SnapshotTally(this.#onProgress);
    next.bytesRead = this.bytesRead;
    next.bytesAdded = this.bytesAdded;
    return next;
  }

  /** Adds what was counted elsewhere. */
  add(counts: TallyCounts): void {
    for (const change of ['new', 'changed', 'unmodified', 'torn'] as const) this.files[change] += counts.files[change];
    for (const name of countNames) this[name] += counts[name];
  }

  readonly saved = (node: SavedNode): void => {
    if (node.added) this.bytesAdded += node.lengthBytes;
  };

  /** Regular files and symlinks and directories, as they count in a snapshot record. */
  get entryCount(): number {
    return this.filesDone + this.hardLinks + this.directories + this.symlinks;
  }

  get filesDone(): number {
    return this.files.new + this.files.changed + this.files.unmodified + this.files.torn;
  }

  progress(): void {
    this.#onProgress?.({ filesDone: this.filesDone, bytesRead: this.bytesRead, bytesReused: this.bytesReused, bytesAdded: this.bytesAdded });
  }

  report(): SnapshotReport {
    const { files, directories, symlinks, skipped, bytesRead, bytesReused, bytesAdded, issues } = this;
    return { files: { ...files }, directories, symlinks, skipped, bytesRead, bytesReused, bytesAdded, issues: issues.issues, issueCount: issues.count };
  }
}
