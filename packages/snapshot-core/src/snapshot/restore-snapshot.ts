import { mkdirSync } from 'node:fs';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import { openDirectory } from '../source/directory-handle.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { ExtendedAttributes } from '../source/extended-attributes.ts';
import { fileIdKey } from '../source/file-facts.ts';
import { idsFromRoot } from '../source/ids-from-root.ts';
import { lookAt } from '../source/list-directory.ts';
import { loadExtendedAttributes } from '../source/load-extended-attributes.ts';
import { createPacer } from '../source/pacer.ts';
import { SyncQueue } from '../source/sync-queue.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { applyMetadata } from './apply-metadata.ts';
import { itemErrorCode } from './fatal-write-error.ts';
import { IssueList } from './item-issue.ts';
import type { ItemIssue } from './item-issue.ts';
import { listSnapshot, loadTreeRoot } from './list-snapshot.ts';
import { planRestore } from './plan-restore.ts';
import type { RestoreStep } from './plan-restore.ts';
import { isDamage } from './is-damage.ts';
import { makeDirectory, removeName, writeHardLink, writeSymlink } from './target-names.ts';
import { writeFile } from './write-file.ts';
import { writeNewFile } from './write-new-file.ts';

/** How far a restore is; `totalBytes` is what the whole snapshot holds, also when only a part is restored. */
export interface RestoreProgress {
  readonly filesDone: number;
  readonly bytesWritten: number;
  readonly totalBytes: number;
}

/** How to restore a tree. */
export interface RestoreOptions extends CallOptions {
  /** Only these paths, as for `listSnapshot`. */
  readonly paths?: readonly (string | Uint8Array)[];
  /** Replace files and symlinks that are in the target already. Default false: they stay and are reported. */
  readonly overwrite?: boolean;
  readonly onProgress?: (progress: RestoreProgress) => void;
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
}

/** What a restore did. */
export interface RestoreReport {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly hardLinks: number;
  readonly bytesWritten: number;
  /** True when the target holds all that was asked for: there are no issues but names that were left out of the snapshot on purpose. */
  readonly complete: boolean;
  /** The first 1,000 issues. */
  readonly issues: readonly ItemIssue[];
  readonly issueCount: number;
}

/**
 * Restores a tree, or a part of it, into a directory, which is created when missing.
 *
 * Every chunk is verified before it is written, files appear whole under their names in directories that were there before, and nothing is ever written outside
 * the target, whatever the snapshot or the target hold. Items that fail are reported; the rest is done.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable`, `rollback/repository-on-target` (the target lies in the repository), `target/write-failed` (full or broken disk), `repository/*`, `argument/invalid`
 * @throws the signal's reason when aborted; what was written stays
 */
export async function restoreSnapshot(repository: Repository, snapshotId: string, target: string, options: RestoreOptions = {}): Promise<RestoreReport> {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  return repository.withLease('shared', async () => {
    await loadTreeRoot(repository, snapshotId, call);
    const { totalBytes } = (await repository.getSnapshot(snapshotId, call)).statistics;
    const repositoryId = repository.localPath === undefined ? undefined : idsFromRoot(repository.localPath).at(-1);
    const { attributes } = await loadExtendedAttributes();
    const root = openTarget(repository, repositoryId, target);
    const run = new RestoreRun(repository, repositoryId, root, attributes, options, call, totalBytes);
    try {
      const pacer = createPacer(options.signal);
      const items = listSnapshot(repository, snapshotId, { ...call, ...(options.paths !== undefined && { paths: options.paths }) });
      for await (const step of planRestore(items, { windowsNames: process.platform === 'win32' })) {
        await pacer.step();
        await run.apply(step);
      }
      return run.report();
    } finally {
      await run.close();
      root.close();
    }
  }, { ...call, ...options.lease });
}

/**
 * Opens a directory to write into, making it first when it is missing.
 *
 * @throws {SnapshotError} `target/unusable`, `rollback/repository-on-target`
 */
function openTarget(repository: Repository, repositoryId: string | undefined, path: string): DirectoryHandle {
  try {
    if (repositoryId !== undefined && idsFromRoot(path).includes(repositoryId))
      throw new SnapshotError('rollback/repository-on-target', `${path} lies in the repository ${repository.description}; name a directory outside of it`);
    mkdirSync(path, { recursive: true });
    return openDirectory(path);
  } catch (cause) {
    if (SnapshotError.isInstance(cause)) throw cause;
    throw new SnapshotError('target/unusable', `cannot use ${path} as the target of a restore; name a directory that can be written`, { cause });
  }
}

class RestoreRun {
  readonly #repository: Repository;
  /** The repository's own folder, by file id: never written into. */
  readonly #repositoryId: string | undefined;
  readonly #root: DirectoryHandle;
  readonly #attributes: ExtendedAttributes;
  readonly #options: RestoreOptions;
  readonly #call: CallOptions;
  readonly #totalBytes: number;
  /** Directories being filled, outermost first; `undefined` for one that could not be made. */
  readonly #open: (DirectoryHandle | undefined)[] = [];
  /** Those of them that this restore made, and that give new files no attributes. */
  readonly #ownDirectories = new Set<DirectoryHandle>();
  readonly #issues = new IssueList();
  readonly #syncQueue = new SyncQueue();
  /** Files with several names that were written, by path: only what we wrote ourselves is linked to. */
  readonly #writtenLinks = new Set<string>();
  readonly #counts = { files: 0, directories: 0, symlinks: 0, hardLinks: 0, bytesWritten: 0 };

  constructor(repository: Repository, repositoryId: string | undefined, root: DirectoryHandle, attributes: ExtendedAttributes, options: RestoreOptions, call: CallOptions, totalBytes: number) {
    this.#repository = repository;
    this.#repositoryId = repositoryId;
    this.#root = root;
    this.#attributes = attributes;
    this.#options = options;
    this.#call = call;
    this.#totalBytes = totalBytes;
  }

  async apply(step: RestoreStep): Promise<void> {
    const parent = this.#open.at(step.action === 'finish-directory' ? -2 : -1);
    if (step.action === 'skip') return this.#issues.add(step.path, step.reason, step.message);
    try {
      if (step.action === 'make-directory') return void this.#open.push(this.#enter(step, parent));
      if (step.action === 'finish-directory') return await this.#finish(step, parent);
      if (parent !== undefined) await this.#write(step, parent);
    } catch (error) {
      if (isDamage(error)) this.#issues.add(step.path, 'damaged', `its content is lost: ${String(error)}`);
      else this.#issues.add(step.path, 'not-restorable', `the target refused it: ${itemErrorCode(error, step.path)}`);
      if (step.action === 'make-directory') this.#open.push(undefined);
    }
  }

  report(): RestoreReport {
    return { ...this.#counts, complete: [...this.#issues.reasons].every((reason) => reason === 'left-out'), issues: this.#issues.issues, issueCount: this.#issues.count };
  }

  /** What was written is durable afterwards, also when the run was cut short. */
  async close(): Promise<void> {
    for (const directory of this.#open) if (directory !== this.#root) directory?.close();
    await this.#syncQueue.drain().catch((error: unknown) => itemErrorCode(error, new Uint8Array(0)));
  }

  #enter(step: Extract<RestoreStep, { action: 'make-directory' | 'finish-directory' }>, parent: DirectoryHandle | undefined): DirectoryHandle | undefined {
    if (this.#open.length === 0) return this.#root;
    if (parent === undefined) return undefined;
    const { name } = step.entry;
    const present = lookAt(parent, name);
    if (present !== undefined && fileIdKey(present) === this.#repositoryId) {
      this.#issues.add(step.path, 'in-the-way', 'the repository is in its place; nothing in it is restored');
      return undefined;
    }
    if (present !== undefined && present.type !== 'directory') {
      if (this.#options.overwrite !== true) {
        this.#issues.add(step.path, 'exists', `a ${present.type} has the name of this directory; nothing in it is restored`);
        return undefined;
      }
      removeName(parent, name, present.type);
    }
    if (present?.type === 'directory') return parent.openChild(name);
    makeDirectory(parent, name);
    const made = parent.openChild(name);
    if (givesNoAttributes(this.#attributes, made)) this.#ownDirectories.add(made);
    return made;
  }

  async #finish(step: Extract<RestoreStep, { action: 'make-directory' | 'finish-directory' }>, parent: DirectoryHandle | undefined): Promise<void> {
    const directory = this.#open.pop();
    if (directory === undefined) return;
    this.#ownDirectories.delete(directory);
    try {
      await directory.sync();
      this.#counts.directories += 1;
      // The root's own name belongs to its parent directory; it is changed through itself.
      if (parent === undefined) applyMetadata(this.#attributes, directory, currentDirectory, step.path, step.entry, this.#issues);
      else applyMetadata(this.#attributes, parent, step.entry.name, step.path, step.entry, this.#issues);
    } finally {
      if (directory !== this.#root) directory.close();
    }
  }

  async #write(step: Extract<RestoreStep, { action: 'write-file' | 'make-symlink' | 'link' }>, parent: DirectoryHandle): Promise<void> {
    const { path, entry } = step;
    if (step.action === 'write-file' && this.#ownDirectories.has(parent) && (await this.#writeNew(step, parent))) return;
    const present = lookAt(parent, entry.name);
    if (present?.type === 'directory' || (present !== undefined && this.#options.overwrite !== true))
      return this.#issues.add(path, 'exists', `a ${present.type} has this name already`);
    if (step.action === 'make-symlink') {
      await writeSymlink(this.#repository, parent, entry.name, step.entry.target);
      this.#counts.symlinks += 1;
    } else if (step.action === 'link' && (await this.#link(step, parent))) {
      this.#counts.hardLinks += 1;
      return;
    } else {
      await writeFile(this.#repository, parent, entry.name, step.entry, this.#syncQueue, this.#call, this.#onBytes);
      this.#countFile(path, step.entry);
    }
    applyMetadata(this.#attributes, parent, entry.name, path, entry, this.#issues);
  }

  /** The short way, for most files of most restores. False when it cannot be gone. */
  async #writeNew({ path, entry }: Extract<RestoreStep, { action: 'write-file' }>, parent: DirectoryHandle): Promise<boolean> {
    if (entry.attributes !== undefined && entry.attributes.list.length > 0) return false;
    const refused = await writeNewFile(this.#repository, parent, entry, this.#syncQueue, this.#call, this.#onBytes);
    if (refused === undefined) return false;
    this.#countFile(path, entry);
    if (refused.length > 0) this.#issues.add(path, 'metadata', `the target does not take its ${refused.join(', ')}`);
    return true;
  }

  readonly #onBytes = (bytes: number): void => {
    this.#counts.bytesWritten += bytes;
    this.#progress();
  };

  #countFile(path: Uint8Array, entry: FileEntry): void {
    this.#counts.files += 1;
    if (entry.linkCount > 1) this.#writtenLinks.add(Buffer.from(path).toString('latin1'));
    if (entry.torn) this.#issues.add(path, 'torn', 'it changed while the snapshot was taken; the content is a mixture');
    this.#progress();
  }

  /** False when the first name is not there to be linked to: it failed or was kept back, so this name gets the content itself. */
  async #link(step: Extract<RestoreStep, { action: 'link' }>, parent: DirectoryHandle): Promise<boolean> {
    const key = Buffer.from(step.existingPath).toString('latin1');
    if (!this.#writtenLinks.has(key)) return false;
    await writeHardLink(this.#repository, this.#root, step.existingPath, parent, step.entry.name);
    return true;
  }

  #progress(): void {
    const { files, bytesWritten } = this.#counts;
    this.#options.onProgress?.({ filesDone: files, bytesWritten, totalBytes: this.#totalBytes });
  }
}

const currentDirectory = Buffer.from('.');

/** Whether what is made in a directory gets no extended attributes: it has none itself, neither an ACL to inherit nor a label. */
function givesNoAttributes(attributes: ExtendedAttributes, directory: DirectoryHandle): boolean {
  try {
    return !attributes.isAvailable || attributes.list(directory.pathOf(currentDirectory)).length === 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return ['ENOTSUP', 'EOPNOTSUPP'].includes(systemErrorCode(error) ?? '');
  }
}
