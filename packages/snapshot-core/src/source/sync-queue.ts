import { closeSync, fsync } from 'node:fs';
import { promisify } from 'node:util';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { systemErrorCode } from './system-error-code.ts';

/** Enough for the file system to make many files durable with one commit of its journal. */
const maxWaiting = 64;

/** Makes written files durable many at a time, which is many times faster than one after the other. */
export class SyncQueue {
  readonly #sync: (descriptor: number) => Promise<void>;
  #waiting: { readonly descriptor: number; readonly discard: () => void }[] = [];

  /** @param sync makes one open file durable; lent, so that tests can make it fail */
  constructor(sync: (descriptor: number) => Promise<void> = promisify(fsync)) {
    this.#sync = sync;
  }

  /**
   * Takes an open file or directory over: it is made durable and closed, at the latest by `drain`. Never before the next call, so
   * that a mode or time set right after the adding is made durable with it.
   *
   * @param discard called when that fails: a file whose fsync failed is removed and never tried again, because it would seem to succeed
   * @throws {SnapshotError} `target/write-failed` for files added before
   */
  async add(descriptor: number, discard: () => void = () => {}): Promise<void> {
    try {
      if (this.#waiting.length >= maxWaiting) await this.drain();
    } finally {
      this.#waiting.push({ descriptor, discard });
    }
  }

  /** Resolves when everything added is durable. @throws {SnapshotError} `target/write-failed`; all files are closed in any case */
  async drain(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const results = await Promise.allSettled(waiting.map(({ descriptor }) => this.#sync(descriptor)));
    for (const { descriptor } of waiting) closeSync(descriptor);
    const failures = results.flatMap((result, index) => (result.status === 'rejected' ? [{ cause: result.reason as unknown, discard: waiting[index]?.discard }] : []));
    for (const { discard } of failures) ignoreSystemErrors(() => discard?.());
    if (failures[0] === undefined) return;
    const { cause } = failures[0];
    throw new SnapshotError('target/write-failed', `the target could not make ${failures.length} written files durable (${systemErrorCode(cause) ?? String(cause)}); repair it, then run this again`, { cause });
  }
}

/** The failure that is being reported is the one worth telling. */
function ignoreSystemErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
