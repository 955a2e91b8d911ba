import { closeSync, fstatSync } from 'node:fs';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { changeOpenMetadata } from '../../source/change-open-metadata.ts';
import { factsFromStats } from '../../source/file-facts.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';
import { runInOrder } from '../../worker-pool/run-in-order.ts';
import type { WorkerPool } from '../../worker-pool/worker-pool.ts';
import { isDamage } from '../is-damage.ts';
import { packContent, type PackedRun } from '../window/pack-content.ts';
import { writeChunksTask } from '../window/write-chunks-task.ts';
import type { CarefulWriter, PlacedFile } from './careful-writer.ts';
import { createFile } from './create-file.ts';
import { removeQuietly } from './remove-quietly.ts';
import type { RestoreContext } from './restore-context.ts';

/** A thread's share of a file. */
const runBytes = 16_777_216;

/** Writes large new files, one after the other, with all threads at work on each. */
export class LargeFiles {
  readonly #context: RestoreContext;
  readonly #careful: CarefulWriter;

  constructor(context: RestoreContext, careful: CarefulWriter) {
    this.#context = context;
    this.#careful = careful;
  }

  /** Writes a file as `FileUnits.add` does, but for its size; it is not sparse. @throws {SnapshotError} `target/write-failed`, `worker/lost` */
  async write(file: PlacedFile, pool: WorkerPool): Promise<void> {
    const { step, directory, plan: { path, entry } } = file;
    const { tally, issues } = this.#context;
    const place = directory.handle.pathOf(entry.name);
    let descriptor: number;
    try {
      descriptor = createFile(place, 0o600);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return this.#careful.write(file);
    }
    let ownBytes = 0;
    let refused: readonly string[];
    try {
      await this.#writeRuns(file, descriptor, pool, (bytes) => {
        ownBytes += bytes;
        tally.addBytes(bytes);
      });
      refused = changeOpenMetadata(descriptor, entry, factsFromStats(fstatSync(descriptor, { bigint: true })));
    } catch (error) {
      closeSync(descriptor);
      removeQuietly(place);
      if (!isOfThisFile(error)) throw error;
      tally.bytesWritten -= ownBytes;
      return this.#careful.write(file);
    }
    await this.#careful.keep(directory, descriptor, () => removeQuietly(place));
    tally.countFile(step, path, entry);
    if (refused.length > 0) issues.add(step, path, 'metadata', `the target does not take its ${refused.join(', ')}`);
  }

  async #writeRuns({ plan: { entry } }: PlacedFile, descriptor: number, pool: WorkerPool, onBytes: (bytes: number) => void): Promise<void> {
    const { repository, call } = this.#context;
    const write = async ({ packed, offset, lengthBytes }: PackedRun) => {
      await pool.run(writeChunksTask, { descriptor, packed, offset });
      await repository.engine.renewLeases();
      return lengthBytes;
    };
    for await (const lengthBytes of runInOrder(packContent(repository, entry.content, runBytes, call), 2 * pool.size, write)) onBytes(lengthBytes);
  }
}

/** Whether writing the file carefully will tell what is wrong, with the file or with the target. */
function isOfThisFile(error: unknown): boolean {
  return isDamage(error) || systemErrorCode(error) !== undefined || (SnapshotError.isInstance(error) && error.code === 'target/write-failed');
}
