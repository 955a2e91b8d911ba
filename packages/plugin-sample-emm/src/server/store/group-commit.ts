import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './open-database.ts';

/** Runs work in a transaction and resolves with its result when that is on the disk; rejects with what it threw, and nothing of it is written then. */
export type GroupCommit = <Result>(work: () => Result) => Promise<Result>;

/**
 * Puts all work that arrives in one turn of the event loop into one transaction, in the order it came: it waits for the disk once, not once each. Nobody is told
 * before the commit that holds his work. Work that throws takes back what it did itself and nothing of the others'; when the commit fails, nobody's was done.
 *
 * `work` must not wait for anything.
 */
export function createGroupCommit(database: DatabaseSync): GroupCommit {
  let waiting: Part[] = [];
  const commit = (): void => {
    const parts = waiting;
    waiting = [];
    try {
      for (const tell of inTransaction(database, () => parts.map(({ run }) => run()))) tell();
    } catch (cause) {
      for (const { fail } of parts) fail(cause as Error);
    }
  };
  return (work) => new Promise((resolve, reject) => {
    if (waiting.length === 0) setImmediate(commit);
    const run = (): (() => void) => {
      const outcome = runAlone(database, work);
      return () => ('thrown' in outcome ? reject(outcome.thrown) : resolve(outcome.result));
    };
    waiting.push({ run, fail: reject });
  });
}

/** Somebody's work that waits for its transaction. */
interface Part {
  /** @returns what tells him how it went, once that is on the disk */
  readonly run: () => () => void;
  readonly fail: (cause: Error) => void;
}

/** Runs one part of a transaction that can be taken back by itself. */
function runAlone<Result>(database: DatabaseSync, work: () => Result): { readonly result: Result } | { readonly thrown: Error } {
  database.exec('SAVEPOINT part');
  try {
    const result = work();
    database.exec('RELEASE part');
    return { result };
  } catch (cause) {
    // SQLite ends the whole transaction by itself after some faults of the disk: then nobody's part was done.
    if (!database.isTransaction) throw cause;
    database.exec('ROLLBACK TO part');
    database.exec('RELEASE part');
    return { thrown: cause as Error };
  }
}
