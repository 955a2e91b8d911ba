import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { RecoveryError } from '../../errors/recovery-error.ts';

const ownerSchema = z.strictObject({ pid: z.int().positive(), processStart: z.string(), token: z.string() });
type LockOwner = z.infer<typeof ownerSchema>;

interface FoundLock {
  readonly path: string;
  readonly generation: number;
  /** Undefined for a file that is no lock: links appear whole or not at all, so nobody is still writing it. */
  readonly owner: LockOwner | undefined;
}

/**
 * Makes this process the only writer of a file by a lock file beside it. The lock of a process that is gone is taken over.
 * All writers must run on one machine.
 *
 * A stale lock is never replaced but outdone: of all who find generation 3 stale, exactly one can make generation 4, and nobody removes a lock whose owner lives.
 *
 * @throws {RecoveryError} `conflict` naming the process that holds it
 */
export async function takeWriterLock(path: string): Promise<AsyncDisposable> {
  const owner: LockOwner = { pid: process.pid, processStart: processStartOf(process.pid) ?? '', token: randomUUID() };
  const ownPath = `${path}.${owner.token}.new`;
  await writeFile(ownPath, JSON.stringify(owner), { mode: 0o600 });
  try {
    for (;;) {
      const before = await findLocks(path);
      requireNoLiving(path, before, owner);
      const generation = 1 + Math.max(0, ...before.map((lock) => lock.generation));
      const lockPath = `${path}.lock-${generation}`;
      if (!(await linkIfFree(ownPath, lockPath))) continue;
      const release = (): Promise<void> => rm(lockPath, { force: true });
      const after = await findLocks(path);
      try {
        // Somebody may have come and gone and come again in between: whoever sees another one alive gives way.
        requireNoLiving(path, after, owner);
      } catch (error) {
        await release();
        throw error;
      }
      for (const stale of after) if (stale.owner?.token !== owner.token) await rm(stale.path, { force: true });
      return { [Symbol.asyncDispose]: release };
    }
  } finally {
    await rm(ownPath, { force: true });
  }
}

function requireNoLiving(path: string, locks: readonly FoundLock[], self: LockOwner): void {
  const living = locks.find((lock) => lock.owner && lock.owner.token !== self.token && isAlive(lock.owner))?.owner;
  if (living) throw new RecoveryError('conflict', `${path} is being written by process ${living.pid}: stop that one first`, { facts: { pid: living.pid } });
}

async function findLocks(path: string): Promise<FoundLock[]> {
  const start = `${basename(path)}.lock-`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)));
  return Promise.all(names.map(async (name) => ({ path: join(dirname(path), name), generation: Number(name.slice(start.length)), owner: await readOwner(join(dirname(path), name)) })));
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
