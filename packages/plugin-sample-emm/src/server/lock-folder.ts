import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RecoveryError } from '@winre-kit/sdk';

/**
 * Keeps a second server off a folder: two gateways on one store would each believe they know which commands are on their way. The lock is held by
 * SQLite on a file of its own, so the operating system lets go of it when the process dies.
 *
 * @throws {RecoveryError} `failed-precondition` when another server holds it
 */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, 'running.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new RecoveryError('failed-precondition', `another sample EMM runs on ${folder}: stop it, or choose another folder`, { cause });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
