import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { FileEntry } from '../../format/tree-entry.ts';
import type { WorkerPool } from '../../worker-pool/worker-pool.ts';
import type { Engine } from '../engine/with-engine.ts';
import { itemErrorCode } from '../fatal-write-error.ts';
import { CarefulWriter, type PlacedName } from './careful-writer.ts';
import { FileUnits, largestUnitFile } from './file-units.ts';
import { FillingDirectory } from './filling-directory.ts';
import { LargeFiles } from './large-files.ts';
import type { RestoreStep } from './plan-restore.ts';
import type { RestoreContext } from './restore-context.ts';
import { TargetDirectories } from './target-directories.ts';

/** Directories that may be open besides those on the way to where the walk is: a process has a thousand files at least. */
const mostLeftOpen = 256;

/** Carries out the steps of a plan: new files many at a time in threads, everything else one by one on this one. */
export class RestoreRun {
  readonly #context: RestoreContext;
  readonly #directories: TargetDirectories;
  readonly #careful: CarefulWriter;
  readonly #units: FileUnits;
  readonly #large: LargeFiles;
  #pool: WorkerPool | undefined;
  #step = 0;

  /** @param isNew the target was made by this restore and gives new files no attributes */
  constructor(context: RestoreContext, isNew: boolean) {
    this.#context = context;
    this.#directories = new TargetDirectories(context, new FillingDirectory(context.root, undefined, isNew));
    this.#careful = new CarefulWriter(context, this.#directories);
    this.#units = new FileUnits({ context, directories: this.#directories, careful: this.#careful, pool: () => this.#poolNow() });
    this.#large = new LargeFiles(context, this.#careful);
  }

  /** From now on this engine's threads write the files. Call it before the first step, and later when everything is settled. */
  use({ pool }: Engine): void {
    this.#pool = pool;
  }

  /** @throws {SnapshotError} `target/write-failed`, of earlier steps too */
  async apply(plan: RestoreStep): Promise<void> {
    const step = this.#step++;
    const { path } = plan;
    switch (plan.action) {
      case 'skip':
        return this.#context.issues.add(step, path, plan.reason, plan.message);
      case 'make-directory':
        if (this.#directories.leftOpen > mostLeftOpen) await this.settle();
        return this.#attempt(step, path, () => this.#directories.enter({ step, path, entry: plan.entry }));
      case 'finish-directory':
        return this.#directories.leave({ step, path, entry: plan.entry });
      case 'write-file':
      case 'make-symlink':
      case 'link': {
        const directory = this.#directories.current;
        if (directory !== undefined) await this.#write({ step, plan, directory });
      }
    }
  }

  /** Resolves when everything so far is done. @throws {SnapshotError} `target/write-failed`, `worker/lost` */
  async settle(): Promise<void> {
    await this.#units.settle();
    // It holds directories, which are finished after it.
    await this.#careful.drain();
    await this.#directories.settle();
  }

  /** Resolves when nothing is under way any more, also after a failure. */
  end(): Promise<void> {
    return this.#units.end();
  }

  /** Ends the run, also when it was cut short: what was written is durable and nothing is open afterwards. @throws {SnapshotError} `target/write-failed`; nothing is open then either */
  async close(): Promise<void> {
    await this.end();
    try {
      await this.#careful.drain();
    } finally {
      await this.#directories.close();
    }
  }

  async #write(name: PlacedName): Promise<void> {
    const { plan, directory } = name;
    if (plan.action === 'write-file' && directory.isOwn && hasNoAttributes(plan.entry)) {
      if (plan.entry.size <= largestUnitFile) return this.#units.add({ ...name, plan });
      // Of a hole most is skipped, which is quicker than threads.
      if (!plan.entry.sparse) return this.#large.write({ ...name, plan }, this.#poolNow());
    }
    if (plan.action === 'link' && this.#units.isOnItsWay(plan.existingPath)) await this.#units.settle();
    await this.#careful.write(name);
  }

  #poolNow(): WorkerPool {
    if (this.#pool === undefined) throw new SnapshotError('argument/invalid', 'a restore needs an engine: tell it which to use');
    return this.#pool;
  }

  #attempt(step: number, path: Uint8Array, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#context.issues.add(step, path, 'not-restorable', `the target refused it: ${itemErrorCode(error, path)}`);
    }
  }
}

function hasNoAttributes({ attributes }: FileEntry): boolean {
  return attributes === undefined || attributes.list.length === 0;
}
