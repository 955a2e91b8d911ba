import { closeSync, fsync, fsyncSync } from 'node:fs';
import { promisify } from 'node:util';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { systemErrorCode } from './system-error-code.ts';

/** How an open file is made durable; lent, so that tests can make it fail or be slow. */
export interface SyncPort {
  /** On another thread, many at a time. */
  sync(descriptor: number): Promise<void>;
  /** On this thread, which waits for it. */
  syncNow(descriptor: number): void;
  nowMs(): number;
}

/** Enough for the file system to make many files durable with one commit of its journal. */
const maxWaiting = 64;

/** The way to another thread and back takes about as long: what is quicker than that is done at once. */
const quickMs = 0.02;

/** This many slow files of a batch say that the target is slow; fewer are those at which the thread had to wait for its turn. */
const slowFilesOfSlowTarget = 3;

/** Batches that are not tried on this thread after a slow one, so that trying costs a disk few commits more. */
const batchesBetweenTries = 16;

interface WaitingFile {
  readonly descriptor: number;
  readonly discard: () => void;
  readonly settled: () => void;
}

/**
 * Makes written files durable many at a time, which is many times faster on a disk than one after the other. Where it takes no time
 * at all, as in memory, it is done one after the other, without the way to other threads.
 */
export class SyncQueue {
  readonly #port: SyncPort;
  #waiting: WaitingFile[] = [];
  #batchesUntilTry = 0;

  constructor(port: SyncPort = systemSync) {
    this.#port = port;
  }

  /**
   * Takes an open file or directory over: it is made durable and closed, at the latest by `drain`. Never before the next call, so
   * that a mode or time set right after the adding is made durable with it.
   *
   * @param discard called when that fails: a file whose fsync failed is removed and never tried again, because it would seem to succeed
   * @param settled called when it is durable, or discarded: until then what `discard` works with must stay open
   * @throws {SnapshotError} `target/write-failed` for files added before
   */
  async add(descriptor: number, discard: () => void = () => {}, settled: () => void = () => {}): Promise<void> {
    try {
      if (this.#waiting.length >= maxWaiting) await this.drain();
    } finally {
      this.#waiting.push({ descriptor, discard, settled });
    }
  }

  /** Resolves when everything added is durable. @throws {SnapshotError} `target/write-failed`; all files are closed in any case */
  async drain(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    /** The first failure of each. */
    const failures = new Map<WaitingFile, unknown>();
    const fail = (cause: unknown, file: WaitingFile) => {
      if (!failures.has(file)) failures.set(file, cause);
    };
    const rest = waiting.slice(this.#syncWhileQuick(waiting, fail));
    await Promise.all(rest.map((file) => this.#port.sync(file.descriptor).catch((cause: unknown) => fail(cause, file))));
    for (const file of waiting) {
      try {
        closeSync(file.descriptor);
      } catch (cause) {
        fail(cause, file);
      }
    }
    for (const { discard } of failures.keys()) ignoreSystemErrors(discard);
    for (const { settled } of waiting) settled();
    const first = failures.values().next();
    if (first.done === true) return;
    const cause = first.value;
    throw new SnapshotError('target/write-failed', `the target could not make ${failures.size} written files durable (${systemErrorCode(cause) ?? String(cause)}); repair it, then run this again`, { cause });
  }

  /** @returns how many of them are done with */
  #syncWhileQuick(waiting: readonly WaitingFile[], fail: (cause: unknown, file: WaitingFile) => void): number {
    if (this.#batchesUntilTry > 0) {
      this.#batchesUntilTry -= 1;
      return 0;
    }
    let slowFiles = 0;
    let beforeMs = this.#port.nowMs();
    for (const [index, file] of waiting.entries()) {
      try {
        this.#port.syncNow(file.descriptor);
      } catch (cause) {
        fail(cause, file);
      }
      const nowMs = this.#port.nowMs();
      if (nowMs - beforeMs > quickMs && ++slowFiles === slowFilesOfSlowTarget) {
        this.#batchesUntilTry = batchesBetweenTries;
        return index + 1;
      }
      beforeMs = nowMs;
    }
    return waiting.length;
  }
}

const systemSync: SyncPort = { sync: promisify(fsync), syncNow: fsyncSync, nowMs: () => performance.now() };

/** The failure that is being reported is the one worth telling. */
function ignoreSystemErrors(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
