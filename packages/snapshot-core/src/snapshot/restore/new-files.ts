import { closeSync, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { changeOpenMetadata, type OwnerAndMode } from '../../source/change-open-metadata.ts';
import { factsFromStats } from '../../source/file-facts.ts';
import { nonZeroRuns } from '../non-zero-runs.ts';
import { createFile } from './create-file.ts';
import type { UnitFile } from './file-unit.ts';
import { removeQuietly } from './remove-quietly.ts';

/** A file that was written under its final name. */
export interface NewFile {
  /** Open; whoever made it durable closes it. */
  readonly descriptor: number;
  /** Properties that the target refused. */
  readonly refused: readonly string[];
  /** Takes it away again. Nothing happens when it is gone. */
  readonly discard: () => void;
}

const onlyForOwner = 0o600;

/**
 * Writes new files without extended attributes into one directory that the restore made and that gives them none. Nobody knows their
 * names yet, so no temporary ones are needed.
 *
 * What the system gives to new files here is looked at once and then relied upon: owner and group, and what is left of a mode that was
 * asked for.
 */
export class NewFiles {
  readonly #pathOf: (name: Uint8Array) => Buffer;
  #owner: Pick<OwnerAndMode, 'userId' | 'groupId'> | undefined;
  /** Modes as they came out, by what was asked for. */
  readonly #modes = new Map<number, number>();

  /** @param pathOf see `pathsIn` */
  constructor(pathOf: (name: Uint8Array) => Buffer) {
    this.#pathOf = pathOf;
  }

  /**
   * Writes one file. Zeros of a sparse one are left unwritten.
   *
   * @throws system errors; the file is removed then, and was never there when the code is `EEXIST`
   */
  write(file: UnitFile, content: Uint8Array): NewFile {
    const path = this.#pathOf(file.name);
    // Until it belongs to its owner it is nobody else's to read.
    const isOwned = this.#owner?.userId === file.userId && this.#owner.groupId === file.groupId;
    const mode = isOwned ? file.mode & 0o777 : onlyForOwner;
    const descriptor = createFile(path, mode);
    const discard = () => removeQuietly(path);
    try {
      writeContent(descriptor, file, content);
      return { descriptor, refused: changeOpenMetadata(descriptor, file, this.#present(descriptor, mode, isOwned)), discard };
    } catch (error) {
      closeSync(descriptor);
      discard();
      throw error;
    }
  }

  /** What a file has that was just created with a mode. */
  #present(descriptor: number, mode: number, isOwned: boolean): OwnerAndMode {
    const known = isOwned ? this.#modes.get(mode) : undefined;
    if (known !== undefined && this.#owner !== undefined) return { ...this.#owner, mode: known };
    const { userId, groupId, mode: made } = factsFromStats(fstatSync(descriptor, { bigint: true }));
    this.#owner ??= { userId, groupId };
    this.#modes.set(mode, made);
    return { userId, groupId, mode: made };
  }
}

function writeContent(descriptor: number, { sparse, size }: UnitFile, content: Uint8Array): void {
  if (!sparse) return writeAt(descriptor, content, 0);
  for (const { offset, bytes } of nonZeroRuns(content, 0)) writeAt(descriptor, content.subarray(offset, offset + bytes), offset);
  ftruncateSync(descriptor, size);
}

function writeAt(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
}
