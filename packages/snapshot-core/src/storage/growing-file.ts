import { randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, fsync, mkdirSync, openSync, readdirSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { temporaryFolder } from './kind-folders.ts';
import { localFilePath } from './local-file-path.ts';
import { prepareFolder } from './prepare-folder.ts';
import type { FileKind } from './storage.ts';
import { translateFileError } from './translate-file-error.ts';
import { nameDurably } from './write-durably.ts';

/** Small pieces are gathered until they are worth a call; larger ones are written where they lie, while they are in the processor's cache. */
const gatheredBytes = 262_144;
const writtenAloneBytes = 32_768;

/** What a growing file takes from outside. */
export interface GrowingFileOptions {
  /** Folder of the repository. */
  readonly root: string;
  readonly kind: FileKind;
  /** Begins the name it has while it is written: what a process that ended has left can be told by it. */
  readonly temporaryPrefix: string;
}

/**
 * A file of a local repository that is written bit by bit, and gets its name when it is whole and durable. Calls that write block: it is
 * for threads that have nothing else to do.
 */
export class GrowingFile {
  readonly #options: GrowingFileOptions;
  readonly #temporaryPath: string;
  readonly #gathered = new Uint8Array(gatheredBytes);
  #gatheredLength = 0;
  #writtenBytes = 0;
  #descriptor: number | undefined;
  #state: 'growing' | 'stored' | 'released' = 'growing';

  constructor(options: GrowingFileOptions) {
    this.#options = options;
    this.#temporaryPath = join(options.root, temporaryFolder, `${options.temporaryPrefix}${randomUUID()}`);
  }

  get lengthBytes(): number {
    return this.#writtenBytes + this.#gatheredLength;
  }

  /** Takes bytes behind the others; they are copied, or written, before it returns. @throws {SnapshotError} `storage/full`, `storage/read-only`, `storage/failed` */
  append(bytes: Uint8Array): void {
    if (this.#gatheredLength + bytes.length > gatheredBytes) this.#writeGathered();
    if (bytes.length >= writtenAloneBytes) {
      this.#writeGathered();
      this.#write(bytes);
    } else {
      this.#gathered.set(bytes, this.#gatheredLength);
      this.#gatheredLength += bytes.length;
    }
  }

  /** Bytes that were appended; the caller owns them. @throws {SnapshotError} `storage/failed` */
  read(offset: number, lengthBytes: number): Uint8Array {
    const bytes = new Uint8Array(lengthBytes);
    if (offset + lengthBytes > this.#writtenBytes) this.#writeGathered();
    try {
      for (let done = 0; done < lengthBytes;) {
        const bytesRead = readSync(this.#open(), bytes, done, lengthBytes - done, offset + done);
        if (bytesRead === 0) throw new SnapshotError('storage/failed', `${this.#temporaryPath} has become shorter than what was written to it`);
        done += bytesRead;
      }
    } catch (cause) {
      throw translateFileError(`cannot read ${this.#temporaryPath}`, 'read', cause);
    }
    return bytes;
  }

  /** Makes it durable under its name, whole or not at all. @throws {SnapshotError} `storage/exists`, `storage/full`, `storage/read-only`, `storage/failed` */
  async store(name: string): Promise<void> {
    const path = localFilePath(this.#options.root, this.#options.kind, name);
    try {
      this.#writeGathered();
      const descriptor = this.#open();
      await prepareFolder(dirname(path));
      await promisify(fsync)(descriptor);
      // It can still be read: not before its pack is announced does anybody find it elsewhere.
      this.#state = 'stored';
      await nameDurably(this.#temporaryPath, path);
    } catch (cause) {
      throw translateFileError(`cannot write ${path}`, 'write', cause);
    }
  }

  /** Removes it, unless it was stored. It must not be used afterwards. */
  release(): void {
    const descriptor = this.#descriptor;
    const isStored = this.#state === 'stored';
    this.#state = 'released';
    this.#descriptor = undefined;
    if (descriptor === undefined) return;
    closeSync(descriptor);
    if (!isStored) tryToRemove(this.#temporaryPath);
  }

  #open(): number {
    if (this.#state === 'released') throw new SnapshotError('argument/invalid', `${this.#temporaryPath} was given up; begin another one`);
    const open = (): number => openSync(this.#temporaryPath, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      return (this.#descriptor ??= open());
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      mkdirSync(dirname(this.#temporaryPath), { recursive: true, mode: 0o700 });
      return (this.#descriptor = open());
    }
  }

  #writeGathered(): void {
    const bytes = this.#gathered.subarray(0, this.#gatheredLength);
    this.#gatheredLength = 0;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    try {
      const descriptor = this.#open();
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, this.#writtenBytes + done);
    } catch (cause) {
      throw translateFileError(`cannot write ${this.#temporaryPath}`, 'write', cause);
    }
    this.#writtenBytes += bytes.length;
  }
}

/** Removes what threads that ended in the middle have left, by the beginning of its name. */
export function removeGrowingFiles(root: string, temporaryPrefix: string): void {
  const folder = join(root, temporaryFolder);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) if (name.startsWith(temporaryPrefix)) tryToRemove(join(folder, name));
}

/** What cannot be removed is a leftover, which prune clears. */
function tryToRemove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
