import type { DirectoryEntry } from '../../format/tree-entry.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';

/** A directory of the stored tree, and the number of a step that concerns it. */
export interface DirectoryStep {
  readonly step: number;
  readonly path: Uint8Array;
  readonly entry: DirectoryEntry;
}

/**
 * A directory of the target that is being filled. It stays open as long as something in it is to be done: its descriptor has been
 * given to other threads.
 */
export class FillingDirectory {
  readonly handle: DirectoryHandle;
  /** The one that its name is in; absent for the target itself. */
  readonly parent: FillingDirectory | undefined;
  /** This restore made it, and it gives new files no attributes. */
  readonly isOwn: boolean;
  /** Set when the walk has left it. */
  leftBy: DirectoryStep | undefined;
  // The walk's own.
  #holds = 1;

  constructor(handle: DirectoryHandle, parent: FillingDirectory | undefined, isOwn: boolean) {
    this.handle = handle;
    this.parent = parent;
    this.isOwn = isOwn;
  }

  /** Keeps it from being finished until `release` was called as often. */
  hold(): void {
    this.#holds += 1;
  }

  /** @returns whether nothing is left to be done in it */
  release(): boolean {
    this.#holds -= 1;
    return this.#holds === 0;
  }
}
