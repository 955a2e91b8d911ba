import { open, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { isGone, systemErrorCode } from '../source/system-error-code.ts';
import { giveName, syncFolder } from '../storage/write-durably.ts';

/** A file that gets its name when it is whole. */
export interface NewFile {
  readonly descriptor: number;
  /** Appends. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sets the length; what was not written reads as zeros. */
  resize(lengthBytes: number): Promise<void>;
  /** Makes it durable and gives it its name, which must still be free. @throws {SnapshotError} `target/*`; nothing is left then */
  publish(): Promise<void>;
  /** Removes it. Does nothing after `publish`. */
  discard(): Promise<void>;
}

/**
 * Starts a file under a temporary name beside its final one. A process that is killed leaves at most that temporary file
 * (`.<name>.winre-kit-<number>.tmp`).
 *
 * @throws {SnapshotError} `target/unusable` when the name is taken or the folder takes no files
 */
export async function createNewFile(path: string): Promise<NewFile> {
  if (await isTaken(path)) throw nameTaken(path);
  const { temporaryPath, file } = await openTemporary(path);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  const discard = async (): Promise<void> => {
    await close();
    await unlink(temporaryPath).catch(ignoreGone);
  };
  const orDiscard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      await discard();
      throw SnapshotError.isInstance(cause) ? cause : new SnapshotError('target/write-failed', `${path} could not be written (${String(cause)}); nothing was left of it`, { cause });
    }
  };
  return {
    descriptor: file.fd,
    write: (bytes) => orDiscard(() => file.writeFile(bytes)),
    resize: (lengthBytes) => orDiscard(() => file.truncate(lengthBytes)),
    discard,
    publish: () =>
      orDiscard(async () => {
        await file.sync();
        await close();
        await giveName(temporaryPath, path).catch((cause: unknown) => {
          throw systemErrorCode(cause) === 'EEXIST' || SnapshotError.isInstance(cause) ? nameTaken(path) : cause;
        });
        try {
          await unlink(temporaryPath).catch(ignoreGone);
          await syncFolder(dirname(path));
        } catch (cause) {
          // A name that may not outlive a power cut was not given.
          await unlink(path).catch(ignoreGone);
          throw cause;
        }
      }),
  };
}

async function openTemporary(path: string): Promise<{ temporaryPath: string; file: Awaited<ReturnType<typeof open>> }> {
  for (let number = 0; ; number++) {
    const temporaryPath = join(dirname(path), `.${basename(path)}.winre-kit-${number}.tmp`);
    try {
      return { temporaryPath, file: await open(temporaryPath, 'wx', 0o600) };
    } catch (cause) {
      if (systemErrorCode(cause) === 'EEXIST') continue;
      throw new SnapshotError('target/unusable', `no file can be created beside ${path} (${String(cause)}); name another place`, { cause });
    }
  }
}

async function isTaken(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (cause: unknown) => {
      if (isGone(cause)) return false;
      throw new SnapshotError('target/unusable', `cannot look at ${path} (${String(cause)})`, { cause });
    },
  );
}

function nameTaken(path: string): SnapshotError {
  return new SnapshotError('target/unusable', `${path} exists already, and is never replaced; remove it or choose another name`);
}

function ignoreGone(cause: unknown): void {
  if (!isGone(cause)) throw cause;
}
