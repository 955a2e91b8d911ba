import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SnapshotError } from '../errors/snapshot-error.ts';

/** The file system calls a durable write is made of; lent, so that tests can make each of them fail. */
export interface DurableFiles {
  open: typeof open;
  link: typeof link;
  unlink: typeof unlink;
}

const nodeFiles: DurableFiles = { open, link, unlink };

/**
 * Writes a new file so that after a power cut it is there whole or not at all.
 *
 * Write to `temporaryPath`, fsync, give it its name, fsync the folder. Linking gives the name without ever replacing
 * a file, which rename would. A failed write or fsync discards the file and is not retried on it: after a failed
 * fsync the kernel may have dropped the pages and call the next fsync a success.
 *
 * @throws the file system's error, untranslated; `EEXIST` or `storage/exists` when the file is there already
 */
export async function writeDurably(path: string, temporaryPath: string, parts: readonly Uint8Array[], files: DurableFiles = nodeFiles): Promise<void> {
  try {
    const handle = await files.open(temporaryPath, 'wx', 0o600);
    try {
      for (const part of parts) for (let at = 0; at < part.length; ) at += (await handle.write(part, at)).bytesWritten;
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await discard(temporaryPath, files);
    throw error;
  }
  await nameDurably(temporaryPath, path, files);
}

/**
 * Gives a durable file its name, which must be free, and takes the temporary one away. A file that could not be named is discarded.
 *
 * @throws the file system's error, untranslated; `EEXIST` or `storage/exists` when the name is taken
 */
export async function nameDurably(temporaryPath: string, path: string, files: DurableFiles = nodeFiles): Promise<void> {
  try {
    await giveName(temporaryPath, path, files);
  } catch (error) {
    await discard(temporaryPath, files);
    throw error;
  }
  try {
    await files.unlink(temporaryPath).catch(ignoreMissing);
    await syncFolder(dirname(path), files);
  } catch (error) {
    await discard(path, files);
    throw error;
  }
}

/** Makes the names in a folder durable. Windows has no such call; there the seal inside each file has to do. */
export async function syncFolder(path: string, files: Pick<DurableFiles, 'open'> = nodeFiles): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await files.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a file a name that must be free, beside the one it has. File systems without hard links (FAT, where Windows answers EISDIR) need a rename, which is
 * preceded by a look because it would replace.
 *
 * @throws the file system's error, untranslated; `EEXIST` or `storage/exists` when the name is taken
 */
export async function giveName(from: string, to: string, files: Pick<DurableFiles, 'link'> = nodeFiles): Promise<void> {
  try {
    await files.link(from, to);
  } catch (error) {
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR')) throw error;
    const existing = await stat(to).catch(ignoreMissing);
    if (existing) throw new SnapshotError('storage/exists', `${to} exists already`, { cause: error });
    await rename(from, to);
  }
}

/** The first failure is the one worth telling; what cannot be removed is a leftover that prune clears. */
async function discard(path: string, files: DurableFiles): Promise<void> {
  await files.unlink(path).catch(() => undefined);
}

function ignoreMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
  return undefined;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
