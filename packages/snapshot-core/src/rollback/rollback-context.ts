import type { FileEntry, SymlinkEntry, DirectoryEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { IssueReason } from '../snapshot/item-issue.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { ExtendedAttributes } from '../source/extended-attributes.ts';
import type { FileFacts } from '../source/file-facts.ts';
import type { Pacer } from '../source/pacer.ts';
import type { RollbackAction } from './rollback-action.ts';
import type { SharedData } from './shared-data.ts';

/** What planning and running one rollback share. */
export interface RollbackContext {
  readonly repository: Repository;
  readonly root: DirectoryHandle;
  /** Directories that must stay, by file id: the repository and every directory that leads to it. */
  readonly protectedIds: ReadonlySet<string>;
  /** The repository's own folder, by file id, when it is a local one. */
  readonly repositoryId: string | undefined;
  readonly shared: SharedData;
  readonly attributes: ExtendedAttributes;
  readonly pacer: Pacer;
  readonly options: CallOptions;
  /** False: only look. True: each step is carried out before the next one is asked for, and closed directories are opened up. */
  readonly mayChange: boolean;
  /** The target is a Windows file system: stored names that mean something else there are not written. */
  readonly windowsNames: boolean;
}

/**
 * One step of a rollback with what is needed to carry it out.
 *
 * `directory` holds the name and is open until the next step is asked for; it is absent while only planning inside a directory
 * that does not exist yet. `leave` says that a directory is done.
 */
export type RollbackStep =
  | { readonly step: 'act'; readonly action: RollbackAction; readonly directory: DirectoryHandle | undefined; readonly name: Uint8Array; readonly present: FileFacts | undefined; readonly stored?: FileEntry | SymlinkEntry | DirectoryEntry; readonly existingPath?: Uint8Array;
      /** What a `blocked` action is reported as; `in-the-way` unless set. */
      readonly issue?: IssueReason }
  | { readonly step: 'leave'; readonly directory: DirectoryHandle };
