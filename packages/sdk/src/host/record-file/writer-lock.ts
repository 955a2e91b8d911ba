import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { RecoveryError } from '../../errors/recovery-error.ts';

const ownerSchema = z.strictObject({ pid: z.int().positive(), processStart: z.string(), token: z.string() });
type LockOwner = z.infer<typeof ownerSchema>;

/**
 * Makes this process the only writer of a file by a lock file beside it. The lock of a process that is gone is taken over.
 * All writers must run on one machine.
 *
 * @throws {RecoveryError} `conflict` naming the process that holds it
 */
export async function takeWriterLock(path: string): Promise<AsyncDisposable> {
  const lockPath = `${path}.lock`;
  const owner: LockOwner = { pid: process.pid, processStart: processStartOf(process.pid) ?? '', token: randomUUID() };
  const ownPath = `${lockPath}.${owner.token}`;
  await writeFile(ownPath, JSON.stringify(owner), { mode: 0o600 });
  try {
    // A hard link appears whole or not at all, so nobody ever reads a half-written lock.
    while (!(await linkIfFree(ownPath, lockPath))) await moveStaleLockAway(path, lockPath, `${ownPath}.stale`);
  } finally {
    await rm(ownPath, { force: true });
  }
  return {
    async [Symbol.asyncDispose]() {
      if ((await readOwner(lockPath))?.token === owner.token) await rm(lockPath, { force: true });
    },
  };
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function moveStaleLockAway(path: string, lockPath: string, awayPath: string): Promise<void> {
  const seen = await readOwner(lockPath);
  if (seen && isAlive(seen)) throw new RecoveryError('conflict', `${path} is being written by process ${seen.pid}: stop that one first`, { facts: { pid: seen.pid } });
  try {
    await rename(lockPath, awayPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Somebody else may have replaced the stale lock between reading and renaming: give theirs back.
  const moved = await readOwner(awayPath);
  if (moved?.token !== seen?.token) await linkIfFree(awayPath, lockPath);
  await rm(awayPath, { force: true });
}

async function readOwner(lockPath: string): Promise<LockOwner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(lockPath, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive({ pid, processStart }: LockOwner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startNow = processStartOf(pid);
  return startNow === undefined || processStart === '' || startNow === processStart;
}

/**
 * When a process began, in clock ticks since boot, so that a reused process id is not taken for the owner; `dead` for one that only waits for its parent.
 * Undefined where the system does not say.
 */
function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'dead' : fields[19];
  } catch {
    return undefined;
  }
}
