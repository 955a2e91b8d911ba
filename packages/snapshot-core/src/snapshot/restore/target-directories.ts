import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { fileIdKey } from '../../source/file-facts.ts';
import { lookAt } from '../../source/list-directory.ts';
import { applyMetadata } from '../apply-metadata.ts';
import { itemErrorCode } from '../fatal-write-error.ts';
import { makeDirectory, removeName } from '../target-names.ts';
import { BackgroundWork } from './background-work.ts';
import { FillingDirectory, type DirectoryStep } from './filling-directory.ts';
import { givesNoAttributes } from './gives-no-attributes.ts';
import type { RestoreContext } from './restore-context.ts';

/** Directories of the target that are open: those on the way to where the walk is, and those in which files are still being written. */
export class TargetDirectories {
  readonly #context: RestoreContext;
  readonly #root: FillingDirectory;
  /** Outermost first; `undefined` for one that could not be made. */
  readonly #entered: (FillingDirectory | undefined)[] = [];
  readonly #open = new Set<FillingDirectory>();
  readonly #finishing = new BackgroundWork();

  /** @param root stays the caller's; closed by `close` all the same */
  constructor(context: RestoreContext, root: FillingDirectory) {
    this.#context = context;
    this.#root = root;
    this.#open.add(root);
  }

  /** Where the walk is. */
  get current(): FillingDirectory | undefined {
    return this.#entered.at(-1);
  }

  /** Directories that the walk has left and that are not finished. */
  get leftOpen(): number {
    return this.#open.size - this.#entered.length;
  }

  /** Makes or opens a directory in the current one, which it becomes. When that cannot be, everything in it is left out. @throws system errors */
  enter(step: DirectoryStep): void {
    let entered: FillingDirectory | undefined;
    try {
      entered = this.#entered.length === 0 ? this.#root : this.#openChild(step, this.current);
    } finally {
      this.#entered.push(entered);
      if (entered !== undefined) this.#open.add(entered);
    }
  }

  /** Goes back to the directory around; this one is finished when everything in it is done. */
  leave(step: DirectoryStep): void {
    const directory = this.#entered.pop();
    if (directory === undefined) return;
    directory.leftBy = step;
    this.release(directory);
  }

  /** Takes back one `hold`. */
  release(directory: FillingDirectory): void {
    if (directory.release()) this.#finishing.start(() => this.#finish(directory));
  }

  /** Resolves when every directory in which nothing is left to do is finished. @throws {SnapshotError} `target/write-failed` */
  settle(): Promise<void> {
    return this.#finishing.settle();
  }

  throwIfFailed(): void {
    this.#finishing.throwIfFailed();
  }

  /** Closes all of them, however the restore ended. Nothing may be at work in them. */
  async close(): Promise<void> {
    await this.#finishing.end();
    for (const { handle } of this.#open) handle.close();
    this.#root.handle.close();
  }

  #openChild(step: DirectoryStep, parent: FillingDirectory | undefined): FillingDirectory | undefined {
    if (parent === undefined) return undefined;
    const { repositoryId, issues, overwrite, attributes } = this.#context;
    const { name } = step.entry;
    const present = lookAt(parent.handle, name);
    if (present !== undefined && fileIdKey(present) === repositoryId) {
      issues.add(step.step, step.path, 'in-the-way', 'the repository is in its place; nothing in it is restored');
      return undefined;
    }
    if (present !== undefined && present.type !== 'directory') {
      if (!overwrite) {
        issues.add(step.step, step.path, 'exists', `a ${present.type} has the name of this directory; nothing in it is restored`);
        return undefined;
      }
      removeName(parent.handle, name, present.type);
    }
    if (present?.type !== 'directory') makeDirectory(parent.handle, name);
    const handle = parent.handle.openChild(name);
    parent.hold();
    return new FillingDirectory(handle, parent, present?.type !== 'directory' && givesNoAttributes(attributes, handle));
  }

  async #finish(directory: FillingDirectory): Promise<void> {
    const { handle, parent, leftBy } = directory;
    if (leftBy === undefined) return;
    try {
      await this.#completeMetadata(handle, parent?.handle, leftBy);
    } catch (error) {
      this.#context.issues.add(leftBy.step, leftBy.path, 'not-restorable', `the target refused it: ${itemErrorCode(error, leftBy.path)}`);
    } finally {
      handle.close();
      this.#open.delete(directory);
    }
    if (parent !== undefined) this.release(parent);
  }

  async #completeMetadata(handle: DirectoryHandle, parent: DirectoryHandle | undefined, { step, path, entry }: DirectoryStep): Promise<void> {
    const { attributes, tally, issues } = this.#context;
    // By its path it cannot be reached any more once its mode shuts us out.
    const isHeld = 'descriptor' in handle.link;
    if (!isHeld) await handle.sync();
    // The target's own name belongs to its parent directory; it is changed through itself.
    applyMetadata(attributes, parent ?? handle, parent === undefined ? currentDirectory : entry.name, path, entry, handle.facts, issues.of(step));
    if (isHeld) await handle.sync();
    tally.directories += 1;
  }
}

const currentDirectory = Buffer.from('.');
