import { closeSync, fsync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fsync);
/** Enough for the file system to make many files durable with one commit of its journal. */
const maxWaiting = 32;

/** Makes written files durable a few at a time, which is many times faster than one after the other. */
export class SyncQueue {
  #waiting: number[] = [];

  /** Takes an open file over: it is made durable and closed, at the latest by `drain`. */
  async add(descriptor: number): Promise<void> {
    this.#waiting.push(descriptor);
    if (this.#waiting.length >= maxWaiting) await this.drain();
  }

  /** Resolves when everything added is durable. @throws the first system error; all files are closed in any case */
  async drain(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const results = await Promise.allSettled(waiting.map((descriptor) => sync(descriptor)));
    for (const descriptor of waiting) closeSync(descriptor);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
