import type { FileEntry } from '../../format/tree-entry.ts';
import type { FileId } from '../../source/file-facts.ts';
import { lookAt } from '../../source/list-directory.ts';
import { SyncQueue } from '../../source/sync-queue.ts';
import { applyMetadata } from '../apply-metadata.ts';
import { itemErrorCode } from '../fatal-write-error.ts';
import { isDamage } from '../is-damage.ts';
import { writeHardLink, writeSymlink } from '../target-names.ts';
import { writeFile } from '../write-file.ts';
import type { FillingDirectory } from './filling-directory.ts';
import type { RestoreStep } from './plan-restore.ts';
import type { RestoreContext } from './restore-context.ts';
import type { TargetDirectories } from './target-directories.ts';

/** A name to be written: a step of the plan, its number, and the directory that the name is in. */
export interface PlacedName {
  readonly step: number;
  readonly plan: Extract<RestoreStep, { action: 'write-file' | 'make-symlink' | 'link' }>;
  readonly directory: FillingDirectory;
}

/** A file among them. */
export interface PlacedFile extends PlacedName {
  readonly plan: Extract<RestoreStep, { action: 'write-file' }>;
}

/** Writes names one at a time: under a temporary name first, whatever is there already, with everything that was stored of them. */
export class CarefulWriter {
  readonly #context: RestoreContext;
  readonly #directories: Pick<TargetDirectories, 'release'>;
  readonly #syncQueue = new SyncQueue();
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: RestoreContext, directories: Pick<TargetDirectories, 'release'>) {
    this.#context = context;
    this.#directories = directories;
  }

  /** Writes one after those asked for before. What fails is reported. @throws {SnapshotError} `target/write-failed` */
  write(name: PlacedName): Promise<void> {
    return this.#inTurn(() => this.#write(name));
  }

  /** Takes an open file of a directory over that was written elsewhere, see `SyncQueue.add`. @throws {SnapshotError} `target/write-failed` */
  keep(directory: FillingDirectory, descriptor: number, discard: () => void): Promise<void> {
    return this.#inTurn(() => this.#keep(directory, descriptor, discard));
  }

  /** What was written is durable afterwards, also when the run was cut short. @throws {SnapshotError} `target/write-failed` */
  drain(): Promise<void> {
    return this.#inTurn(() => this.#syncQueue.drain());
  }

  /** One at a time: what is set of a file right after it was queued is made durable with it. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Its directory stays open until it is durable: it is removed through it if it cannot be, and a closed one may stand for another. */
  #keep(directory: FillingDirectory, descriptor: number, discard: () => void): Promise<void> {
    directory.hold();
    return this.#syncQueue.add(descriptor, discard, () => this.#directories.release(directory));
  }

  async #write(name: PlacedName): Promise<void> {
    const { step, plan: { path } } = name;
    const { issues } = this.#context;
    try {
      await this.#attempt(name);
    } catch (error) {
      if (isDamage(error)) issues.add(step, path, 'damaged', `its content is lost: ${String(error)}`);
      else issues.add(step, path, 'not-restorable', `the target refused it: ${itemErrorCode(error, path)}`);
    }
  }

  async #attempt({ step, plan, directory }: PlacedName): Promise<void> {
    const { handle } = directory;
    const { repository, overwrite, attributes, tally, issues } = this.#context;
    const { path, entry } = plan;
    const present = lookAt(handle, entry.name);
    if (present?.type === 'directory' || (present !== undefined && !overwrite)) return issues.add(step, path, 'exists', `a ${present.type} has this name already`);
    let written: FileId | undefined;
    if (plan.action === 'make-symlink') {
      await writeSymlink(repository, handle, entry.name, plan.entry.target);
      tally.symlinks += 1;
    } else if (plan.action === 'link' && tally.canLinkTo(plan.existingPath)) {
      await writeHardLink(repository, this.#context.root, plan.existingPath, handle, entry.name);
      tally.hardLinks += 1;
      return;
    } else written = await this.#writeFile(step, path, plan.entry, directory);
    applyMetadata(attributes, handle, entry.name, path, entry, written, issues.of(step));
  }

  async #writeFile(step: number, path: Uint8Array, entry: FileEntry, directory: FillingDirectory): Promise<FileId> {
    const { repository, call, tally } = this.#context;
    const queue = { add: (descriptor: number, discard?: () => void) => this.#keep(directory, descriptor, discard ?? (() => {})) };
    const written = await writeFile(repository, directory.handle, entry.name, entry, queue, call, tally.addBytes);
    tally.countFile(step, path, entry);
    return written;
  }
}
