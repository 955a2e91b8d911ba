import type { ContentReference, FileEntry } from '../../format/tree-entry.ts';
import type { DirectoryLink } from '../../source/directory-handle.ts';
import { PackedReferenceWriter, toPackedChunk } from '../../format/packed-references.ts';

/** New files that a thread writes, in few blocks of bytes: objects would take longer on their way than on their disk. */
export interface FileUnit {
  /** Held open until the unit is done. */
  readonly directories: readonly DirectoryLink[];
  /** Names of the files, one after the other. */
  readonly names: Uint8Array;
  /** For each file the numbers of `UnitFile`, in the order of `numbersPerFile`. */
  readonly numbers: Float64Array;
  /** Chunks of all files, one after the other. */
  readonly packed: Uint8Array;
}

/** One file of a unit. */
export interface UnitFile {
  /** Ordinal among the unit's directories. */
  readonly directory: number;
  readonly name: Uint8Array;
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  readonly modifiedMicros: number;
  readonly size: number;
  readonly sparse: boolean;
  readonly chunkCount: number;
}

/** directory, name's length, mode, user, group, modified µs, size, sparse, chunks. */
const numbersPerFile = 9;

/** Puts a unit together. */
export class FileUnitWriter {
  readonly #directories: DirectoryLink[] = [];
  readonly #names: Uint8Array[] = [];
  readonly #numbers: number[] = [];
  readonly #chunks = new PackedReferenceWriter();
  contentBytes = 0;

  get fileCount(): number {
    return this.#names.length;
  }

  get directoryCount(): number {
    return this.#directories.length;
  }

  /** Files added from now on lie in this directory. */
  startDirectory(link: DirectoryLink): void {
    this.#directories.push(link);
  }

  /** @param references the whole content, whose lists have been loaded */
  add(entry: FileEntry, references: readonly ContentReference[]): void {
    const { name, mode, userId, groupId, modifiedMicros, size, sparse } = entry;
    this.#names.push(name);
    this.#numbers.push(this.#directories.length - 1, name.length, mode, userId, groupId, Number(modifiedMicros), size, sparse ? 1 : 0, references.length);
    for (const reference of references) this.#chunks.add(toPackedChunk(reference));
    this.contentBytes += size;
  }

  /** The writer must not be used afterwards. */
  finish(): FileUnit {
    return { directories: this.#directories, names: Buffer.concat(this.#names), numbers: Float64Array.from(this.#numbers), packed: this.#chunks.finish() };
  }
}

/** Files of a unit, in order; names are views. */
export function* filesOfUnit({ names, numbers }: FileUnit): Generator<UnitFile> {
  let nameAt = 0;
  for (let at = 0; at < numbers.length; at += numbersPerFile) {
    const [directory = 0, nameBytes = 0, mode = 0, userId = 0, groupId = 0, modifiedMicros = 0, size = 0, sparse = 0, chunkCount = 0] = numbers.subarray(at, at + numbersPerFile);
    yield { directory, name: names.subarray(nameAt, (nameAt += nameBytes)), mode, userId, groupId, modifiedMicros, size, sparse: sparse === 1, chunkCount };
  }
}
