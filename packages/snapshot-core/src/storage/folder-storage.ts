import { randomUUID } from 'node:crypto';
import { open, readFile, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { localFilePath } from './local-file-path.ts';
import { isFileName } from './file-name.ts';
import { kindFolders, temporaryFolder } from './kind-folders.ts';
import type { FileKind, Storage, StorageCallOptions, StoredFile } from './storage.ts';
import { prepareFolder } from './prepare-folder.ts';
import { translateFileError } from './translate-file-error.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/** What a folder storage takes from outside. */
export interface FolderStorageOptions {
  /** Root of the repository; created by the first write. */
  readonly path: string;
  /** Milliseconds since 1970 UTC. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** Asked one by one, a distant disk takes longer to list packs than to read the index. */
const statsAtOnce = 64;

const localFolders = new WeakMap<Storage, string>();

/**
 * The folder of a storage that is nothing but that folder, or `undefined`. Who has it may read and add files there without the storage,
 * from another thread for instance; a storage that wraps another one has to be asked itself.
 */
export function localFolderOf(storage: Storage): string | undefined {
  return localFolders.get(storage);
}

/**
 * A repository in a local folder: one folder per kind, one file per name, and `tmp` for files being written.
 *
 * Nothing is touched until the first call. Folders are readable by their owner only.
 */
export function createFolderStorage(options: FolderStorageOptions): Storage {
  const root = resolve(options.path);
  const nowMs = options.nowMs ?? Date.now;
  const prepared = new Set<string>();

  const pathOf = (kind: FileKind, name: string) => localFilePath(root, kind, name);

  async function prepareOnce(path: string): Promise<void> {
    if (prepared.has(path)) return;
    await prepareFolder(path);
    // Somebody else may have made it a moment ago, and been killed before its name was durable.
    await syncFolder(dirname(path));
    prepared.add(path);
  }

  async function call<T>(what: string, direction: 'read' | 'write', options: StorageCallOptions | undefined, work: () => Promise<T>): Promise<T> {
    options?.signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      throw translateFileError(what, direction, cause, options?.signal);
    }
  }

  async function statFile(path: string, name: string): Promise<StoredFile | undefined> {
    try {
      const facts = await stat(path);
      return facts.isFile() ? { name, sizeBytes: facts.size, modifiedAtMs: facts.mtimeMs } : undefined;
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw cause;
    }
  }

  const storage: Storage = {
    description: root,
    localPath: root,
    put: async (kind, name, parts, options) => {
      const path = pathOf(kind, name);
      return call(`cannot write ${path}`, 'write', options, async () => {
        await prepareOnce(join(root, temporaryFolder));
        await prepareOnce(dirname(path));
        await writeDurably(path, join(root, temporaryFolder, randomUUID()), parts);
      });
    },
    get: async (kind, name, options) => {
      const path = pathOf(kind, name);
      return call(`cannot read ${path}`, 'read', options, async () => new Uint8Array(await readFile(path, options?.signal && { signal: options.signal })));
    },
    getRange: async (kind, name, offset, lengthBytes, options) => {
      const path = pathOf(kind, name);
      return call(`cannot read ${path}`, 'read', options, () => readRange(path, offset, lengthBytes));
    },
    async *list(kind, options) {
      const folder = join(root, kindFolders[kind]);
      const names = await call(`cannot list ${folder}`, 'read', options, () => readdir(folder)).catch((error: unknown) => {
        if (SnapshotError.isInstance(error) && error.code === 'storage/not-found') return [];
        throw error;
      });
      const waiting = names.filter(isFileName);
      while (waiting.length > 0) {
        const files = waiting.splice(-statsAtOnce).map((name) => call(`cannot read ${join(folder, name)}`, 'read', options, () => statFile(join(folder, name), name)));
        for (const file of await Promise.all(files)) if (file) yield file;
      }
    },
    stat: async (kind, name, options) => {
      const path = pathOf(kind, name);
      return call(`cannot read ${path}`, 'read', options, () => statFile(path, name));
    },
    delete: async (kind, name, options) => {
      const path = pathOf(kind, name);
      return call(`cannot delete ${path}`, 'write', options, async () => {
        if (await removeFile(path)) await syncFolder(dirname(path));
      });
    },
    settle: async (kind, options) => {
      const folder = join(root, kindFolders[kind]);
      return call(`cannot make ${folder} durable`, 'write', options, () => syncFolder(folder));
    },
    deleteLeftovers: async (olderThanMs, options) => {
      const folder = join(root, temporaryFolder);
      return call(`cannot clear ${folder}`, 'write', options, async () => {
        const names = await readdir(folder).catch((cause: unknown) => {
          if (isMissing(cause)) return [];
          throw cause;
        });
        for (const name of names) {
          const file = await statFile(join(folder, name), name);
          if (file && nowMs() - file.modifiedAtMs > olderThanMs) await removeFile(join(folder, name));
        }
      });
    },
    timeMs: async () => Math.floor(nowMs()),
  };
  localFolders.set(storage, root);
  return storage;
}

async function readRange(path: string, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** @returns whether it was there */
async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
