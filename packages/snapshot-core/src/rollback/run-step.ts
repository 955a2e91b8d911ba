import type { FileEntry } from '../format/tree-entry.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { applyMetadata } from '../snapshot/apply-metadata.ts';
import { itemErrorCode } from '../snapshot/fatal-write-error.ts';
import { IssueList } from '../snapshot/item-issue.ts';
import { isDamage } from '../snapshot/take-file.ts';
import { makeDirectory, removeName, writeHardLink, writeSymlink } from '../snapshot/target-names.ts';
import { writeFile } from '../snapshot/write-file.ts';
import { displayPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { SyncQueue } from '../source/sync-queue.ts';
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
      if (action.action === 'blocked') this.issues.add(path, 'in-the-way', action.reason);
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
    const { action, name, stored } = step;
    if (action.action === 'keep') return;
    if (action.action === 'delete') {
      removeName(directory, name, action.type);
      this.bytesDeleted += action.lostBytes;
      return this.#touch(directory);
    }
    if (stored === undefined) return;
    if (action.action === 'set-metadata') return applyMetadata(directory, name, action.path, stored, this.issues);
    this.#touch(directory);
    if (stored.type === 'directory') return makeDirectory(directory, name);
    if (stored.type === 'symlink') await writeSymlink(this.#context.repository, directory, name, stored.target);
    else {
      await this.#writeContent(step, directory, stored);
      this.#written.get(directory)?.push({ name, path: action.path, entry: stored });
    }
    applyMetadata(directory, name, action.path, stored, this.issues);
  }

  async #writeContent(step: ActStep, directory: DirectoryHandle, stored: FileEntry): Promise<void> {
    const { action, name, present, existingPath } = step;
    const { repository, root, options, shared } = this.#context;
    if (existingPath !== undefined) return writeHardLink(repository, root, existingPath, directory, name);
    if (action.action === 'rewrite' && present !== undefined) {
      const written = await rewriteFile(repository, directory, name, stored, present, action.ranges ?? [], options);
      this.bytesWritten += written ?? 0;
      if (written !== undefined) return;
    }
    await writeFile(repository, directory, name, stored, this.#syncQueue, options, (bytes) => {
      this.bytesWritten += bytes;
    });
    if (present !== undefined) shared.forget(present);
  }

  #touch(directory: DirectoryHandle): void {
    if (!this.#written.has(directory)) this.#written.set(directory, []);
  }

  /** Closes what is still open after a run that was cut short. */
  async close(): Promise<void> {
    await this.#syncQueue.drain();
  }

  /** Makes everything in the directory durable, then reads what was written back and compares it by identity. */
  async #leave(directory: DirectoryHandle): Promise<void> {
    const written = this.#written.get(directory);
    if (written === undefined) return;
    this.#written.delete(directory);
    await this.#syncQueue.drain();
    await directory.sync();
    const { repository, pacer, options } = this.#context;
    for (const { name, path, entry } of written) {
      const difference = await compareContent(repository, directory, name, entry, pacer, options);
      if (difference.state !== 'same')
        throw new SnapshotError('rollback/verification-failed', `${displayPath(path)} was written and does not read back as stored; check the disk, then resume`);
    }
  }
}
