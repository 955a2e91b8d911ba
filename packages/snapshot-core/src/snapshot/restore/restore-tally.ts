import type { FileEntry } from '../../format/tree-entry.ts';
import { RestoreIssues } from './restore-issues.ts';
import type { RestoreProgress, RestoreReport } from './restore-snapshot.ts';

/** Counts while a tree is restored. */
export class RestoreTally {
  readonly issues = new RestoreIssues();
  files = 0;
  directories = 0;
  symlinks = 0;
  hardLinks = 0;
  bytesWritten = 0;
  /** Files with several names that were written, by path: only what we wrote ourselves is linked to. */
  readonly #writtenLinks = new Set<string>();
  readonly #totalBytes: number;
  readonly #onProgress: ((progress: RestoreProgress) => void) | undefined;

  constructor(totalBytes: number, onProgress: ((progress: RestoreProgress) => void) | undefined) {
    this.#totalBytes = totalBytes;
    this.#onProgress = onProgress;
  }

  readonly addBytes = (bytes: number): void => {
    this.bytesWritten += bytes;
    this.#progress();
  };

  /** @param step number of the step that wrote it */
  countFile(step: number, path: Uint8Array, entry: FileEntry): void {
    this.files += 1;
    if (entry.linkCount > 1) this.#writtenLinks.add(pathKey(path));
    if (entry.torn) this.issues.add(step, path, 'torn', 'it changed while the snapshot was taken; the content is a mixture');
    this.#progress();
  }

  canLinkTo(path: Uint8Array): boolean {
    return this.#writtenLinks.has(pathKey(path));
  }

  report(): RestoreReport {
    const { files, directories, symlinks, hardLinks, bytesWritten, issues } = this;
    return { files, directories, symlinks, hardLinks, bytesWritten, complete: [...issues.reasons].every((reason) => reason === 'left-out'), issues: issues.list(), issueCount: issues.count };
  }

  #progress(): void {
    this.#onProgress?.({ filesDone: this.files, bytesWritten: this.bytesWritten, totalBytes: this.#totalBytes });
  }
}

/** A path as a key of sets. */
export function pathKey(path: Uint8Array): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString('latin1');
}
