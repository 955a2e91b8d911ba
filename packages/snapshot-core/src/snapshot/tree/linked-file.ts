import type { FileEntry } from '../../format/tree-entry.ts';
import { comparePaths } from '../../source/byte-path.ts';
import { fileIdKey } from '../../source/file-facts.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';

/** How a file was compared with the parent. */
export type FileChange = 'new' | 'changed' | 'unmodified' | 'torn';

/** A file with several names as it was counted. */
export interface LinkedFile {
  readonly path: Uint8Array;
  /** The same for every name of one version of the file. */
  readonly key: string;
  readonly change: FileChange;
  readonly bytes: number;
  readonly chunkCount: number;
}

export function describeLinkedFile(path: Uint8Array, entry: FileEntry, change: FileChange, chunkCount: number): LinkedFile {
  return { path, key: `${fileIdKey(entry)}:${entry.size}:${entry.modifiedMicros}:${entry.changedNanos}`, change, bytes: entry.size, chunkCount };
}

/**
 * Counts each file once, under its first name, as if one unit had met all of them: units that ran side by side each counted the name
 * they met.
 */
export function countLinkedOnce(tally: SnapshotTally, files: readonly LinkedFile[]): void {
  const seen = new Set<string>();
  for (const { key, change, bytes, chunkCount } of files.toSorted((left, right) => comparePaths(left.path, right.path))) {
    if (!seen.has(key)) {
      seen.add(key);
      continue;
    }
    tally.files[change] -= 1;
    tally.hardLinks += 1;
    tally.totalBytes -= bytes;
    tally.chunkCount -= chunkCount;
  }
}
