import type { ContentReference } from '../../format/tree-entry.ts';
import type { WorkerPool } from '../../worker-pool/worker-pool.ts';
import { isDamage } from '../is-damage.ts';
import { readReferences } from '../read-content.ts';
import { BackgroundWork } from './background-work.ts';
import type { CarefulWriter, PlacedFile } from './careful-writer.ts';
import { FileUnitWriter } from './file-unit.ts';
import type { FillingDirectory } from './filling-directory.ts';
import type { RestoreContext } from './restore-context.ts';
import { pathKey } from './restore-tally.ts';
import type { TargetDirectories } from './target-directories.ts';
import { writeFilesTask } from './write-files-task.ts';

/** What a unit has at most: some tens of milliseconds of work, and contents that fit the window of a thread. */
const mostFiles = 512;
const mostBytes = 8_388_608;
const mostDirectories = 64;
/** Larger files are written in runs. */
export const largestUnitFile = mostBytes;

/** What units work with. */
export interface FileUnitsParts {
  readonly context: RestoreContext;
  readonly directories: TargetDirectories;
  /** Writes what a unit leaves. */
  readonly careful: CarefulWriter;
  /** The threads to use now. */
  readonly pool: () => WorkerPool;
}

/** Collects new files and has them written by threads, many at a time. */
export class FileUnits {
  readonly #parts: FileUnitsParts;
  readonly #running = new BackgroundWork();
  #writer = new FileUnitWriter();
  #files: PlacedFile[] = [];
  #inDirectories: FillingDirectory[] = [];
  /** Files with several names that are on their way. */
  readonly #linked = new Set<string>();

  constructor(parts: FileUnitsParts) {
    this.#parts = parts;
  }

  /** Takes a new file of a directory that gives it no attributes; it has none either, and is not larger than `largestUnitFile`. @throws what other files met that concerns all of them */
  async add(file: PlacedFile): Promise<void> {
    const { entry } = file.plan;
    const references = entry.content.level === 0 ? entry.content.references : await this.#loadReferences(file);
    if (references === undefined) return this.#parts.careful.write(file);
    if (this.#writer.contentBytes + entry.size > mostBytes) await this.#submit();
    if (this.#inDirectories.at(-1) !== file.directory) {
      if (this.#inDirectories.length === mostDirectories) await this.#submit();
      this.#startDirectory(file.directory);
    }
    this.#files.push(file);
    this.#writer.add(entry, references);
    if (entry.linkCount > 1) this.#linked.add(pathKey(file.plan.path));
    if (this.#files.length === mostFiles) await this.#submit();
  }

  /** Whether a file that may be linked to is still to be written. */
  isOnItsWay(path: Uint8Array): boolean {
    return this.#linked.has(pathKey(path));
  }

  /** Resolves when everything added is written and durable. @throws {SnapshotError} `target/write-failed`, `worker/lost` */
  async settle(): Promise<void> {
    await this.#submit();
    await this.#running.settle();
  }

  /** Resolves when nothing is under way, however it ended. */
  end(): Promise<void> {
    return this.#running.end();
  }

  #startDirectory(directory: FillingDirectory): void {
    directory.hold();
    this.#inDirectories.push(directory);
    this.#writer.startDirectory(directory.handle.link);
  }

  /** `undefined` when they are damaged; whoever writes the file carefully will say so. */
  async #loadReferences({ plan: { entry } }: PlacedFile): Promise<readonly ContentReference[] | undefined> {
    const { repository, call } = this.#parts.context;
    const references: ContentReference[] = [];
    try {
      for await (const reference of readReferences(repository, entry.content, 'data', call)) references.push(reference);
      return references;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  }

  async #submit(): Promise<void> {
    if (this.#files.length === 0) return;
    const pool = this.#parts.pool();
    const [writer, files, directories] = [this.#writer, this.#files, this.#inDirectories];
    [this.#writer, this.#files, this.#inDirectories] = [new FileUnitWriter(), [], []];
    // Two for each thread, so that none waits for us.
    await this.#running.waitForRoom(2 * pool.size);
    this.#running.start(() => this.#write(pool, writer, files, directories));
  }

  async #write(pool: WorkerPool, writer: FileUnitWriter, files: readonly PlacedFile[], directories: readonly FillingDirectory[]): Promise<void> {
    const { careful, directories: open, context: { repository, tally, issues } } = this.#parts;
    const { left, refused } = await pool.run(writeFilesTask, writer.finish());
    await repository.engine.renewLeases();
    const refusedBy = new Map(refused.map(({ file, properties }) => [file, properties]));
    const leftFiles = new Set(left);
    for (const [ordinal, file] of files.entries()) {
      const { step, plan: { path, entry } } = file;
      if (leftFiles.has(ordinal)) await careful.write(file);
      else {
        tally.addBytes(entry.size);
        tally.countFile(step, path, entry);
        const properties = refusedBy.get(ordinal);
        if (properties !== undefined) issues.add(step, path, 'metadata', `the target does not take its ${properties.join(', ')}`);
      }
      if (entry.linkCount > 1) this.#linked.delete(pathKey(path));
    }
    for (const directory of directories) open.release(directory);
  }
}
