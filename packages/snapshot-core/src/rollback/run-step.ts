import { constants, openSync } from 'node:fs';
import type { FileEntry } from '../format/tree-entry.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { applyMetadata } from '../snapshot/apply-metadata.ts';
import { itemErrorCode } from '../snapshot/fatal-write-error.ts';
import { IssueList } from '../snapshot/item-issue.ts';
import { isDamage } from '../snapshot/is-damage.ts';
import { makeDirectory, removeName, writeHardLink, writeSymlink } from '../snapshot/target-names.ts';
import { writeFile } from '../snapshot/write-file.ts';
import { displayPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import type { FileId } from '../source/file-facts.ts';
import { SyncQueue } from '../source/sync-queue.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { compareContent } from './compare-content.ts';
import { rewriteFile } from './rewrite-file.ts';
import type { RollbackAction } from './rollback-action.ts';
import type { RollbackContext, RollbackStep } from './rollback-context.ts';

type ActStep = Extract<RollbackStep, { step: 'act' }>;
type Written = { readonly name: Uint8Array; readonly path: Uint8Array; readonly entry: FileEntry };

/** Carries out the steps of a rollback, one at a time. */
export class StepRunner {
  readonly actions: Record<RollbackAction['action'], number> = { delete: 0, create: 0, rewrite: 0, replace: 0, link: 0, 'set-metadata': 0, keep: 0, blocked: 0 };
  readonly issues = new IssueList();
  bytesWritten = 0;
  bytesDeleted = 0;
  bytesDone = 0;
  readonly #context: RollbackContext;
  readonly #syncQueue = new SyncQueue();
  /** Files written in a directory that is still being worked on, to be verified when it is done. */
  readonly #written = new Map<DirectoryHandle, Written[]>();

  constructor(context: RollbackContext) {
    this.#context = context;
  }

  /** @throws {SnapshotError} `target/write-failed`, `rollback/verification-failed` */
  async run(step: RollbackStep): Promise<void> {
    if (step.step === 'leave') return this.#leave(step.directory);
    const { action, directory } = step;
    const { path } = action;
    try {
      if (action.action === 'blocked') this.issues.add(path, step.issue ?? 'in-the-way', action.reason);
      else if (directory !== undefined) await this.#carryOut(step, directory);
      this.actions[action.action] += 1;
      if (step.stored?.type === 'file' && action.action !== 'delete') {
        this.bytesDone += step.stored.size;
        if (step.stored.torn) this.issues.add(path, 'torn', 'it changed while the snapshot was taken; the content is a mixture');
      }
    } catch (error) {
      if (isDamage(error)) this.issues.add(path, 'damaged', `its stored content is lost: ${String(error)}`);
      else this.issues.add(path, 'in-the-way', `the target refused to ${action.action} it: ${itemErrorCode(error, path)}`);
      this.actions.blocked += 1;
    }
  }

  async #carryOut(step: ActStep, directory: DirectoryHandle): Promise<void> {
    const { action, name, present, stored } = step;
    if (action.action === 'keep') return;
    if (action.action === 'delete') {
      removeName(directory, name, action.type);
      this.bytesDeleted += action.lostBytes;
      return this.#touch(directory);
    }
    if (stored === undefined) return;
    if (action.action === 'set-metadata') {
      // Opened before: the stored mode may shut its owner out.
      const descriptor = stored.type === 'symlink' ? undefined : openToSync(directory.pathOf(name), stored.type);
      applyMetadata(this.#context.attributes, directory, name, action.path, stored, present, this.issues);
      if (descriptor !== undefined) await this.#syncQueue.add(descriptor);
      return;
    }
    this.#touch(directory);
    if (stored.type === 'directory') return makeDirectory(directory, name);
    let written: FileId | undefined;
    if (stored.type === 'symlink') await writeSymlink(this.#context.repository, directory, name, stored.target);
    else {
      written = await this.#writeContent(step, directory, stored);
      this.#written.get(directory)?.push({ name, path: action.path, entry: stored });
      // What got another name has its metadata since it got the first one.
      if (written === undefined) return;
    }
    applyMetadata(this.#context.attributes, directory, name, action.path, stored, written, this.issues);
  }

  /** @returns which file was written; `undefined` when only a name was given */
  async #writeContent(step: ActStep, directory: DirectoryHandle, stored: FileEntry): Promise<FileId | undefined> {
    const { action, name, present, existingPath } = step;
    const { repository, root, options, shared } = this.#context;
    if (existingPath !== undefined) {
      await writeHardLink(repository, root, existingPath, directory, name);
      return undefined;
    }
    if (action.action === 'rewrite' && present !== undefined) {
      const written = await rewriteFile(repository, directory, name, stored, present, action.ranges ?? [], this.#syncQueue, options);
      this.bytesWritten += written ?? 0;
      if (written !== undefined) return present;
    }
    const created = await writeFile(repository, directory, name, stored, this.#syncQueue, options, (bytes) => {
      this.bytesWritten += bytes;
    });
    if (present !== undefined) shared.forget(present);
    return created;
  }

  #touch(directory: DirectoryHandle): void {
    if (!this.#written.has(directory)) this.#written.set(directory, []);
  }

  /** Resolves when everything that was done is durable. Call it also after a run that was cut short: it closes what is still open. */
  async drain(): Promise<void> {
    await this.#syncQueue.drain();
  }

  /** Makes the files written in the directory durable, then reads them back and compares them by identity. */
  async #leave(directory: DirectoryHandle): Promise<void> {
    const written = this.#written.get(directory);
    if (written === undefined) return;
    this.#written.delete(directory);
    if (written.length > 0) await this.#syncQueue.drain();
    const descriptor = openToSync(directory.self, 'directory');
    if (descriptor !== undefined) await this.#syncQueue.add(descriptor);
    const { repository, pacer, options } = this.#context;
    for (const { name, path, entry } of written) {
      const difference = await compareContent(repository, directory, name, entry, pacer, options);
      if (difference.state !== 'same')
        throw new SnapshotError('rollback/verification-failed', `${displayPath(path)} was written and does not read back as stored; check the disk, then resume`);
    }
  }
}

/** Opens a file or directory to be made durable; `undefined` where that cannot be had: Windows cannot do it for directories. */
function openToSync(path: Buffer, type: 'file' | 'directory'): number | undefined {
  const onWindows = process.platform === 'win32';
  if (onWindows && type === 'directory') return undefined;
  try {
    return openSync(path, (onWindows ? constants.O_RDWR : constants.O_RDONLY) | (type === 'file' ? constants.O_NOFOLLOW : 0) | constants.O_NONBLOCK);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
