import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { RecoveryError } from '@winre-kit/sdk';
import { migrations } from './migrations.table.ts';

/**
 * Opens the EMM's database, creating or migrating it. A commit is on the disk when the statement returns: WAL with `synchronous=FULL`.
 *
 * @throws {RecoveryError} `failed-precondition` when a newer version of the server wrote the file
 */
export function openDatabase(path: string): DatabaseSync {
  // SQLite gives its journals the mode of the database, and it would let everybody read a new one.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: true });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  migrate(database);
  return database;
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > migrations.length) {
    throw new RecoveryError('failed-precondition', `the database has version ${version}, this server knows up to ${migrations.length}: start the newer server`);
  }
  for (let next = version; next < migrations.length; next += 1) {
    inTransaction(database, () => {
      database.exec(migrations[next] ?? '');
      database.exec(`PRAGMA user_version = ${next + 1}`);
    });
  }
}

/** Runs `work` in one write transaction: all of it is on the disk afterwards, or none. `work` must not wait for anything. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // After some faults of the disk SQLite has done so by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
