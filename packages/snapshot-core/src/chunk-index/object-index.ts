import type { DirectoryOpener, PackManifest } from '../format/pack-manifest.ts';
import type { StoredDirectory } from './directory-cache.ts';
import { ObjectIndexView, type ObjectIndexHandle } from './object-index-view.ts';
import { PackTable, type PackSummary } from './pack-table.ts';
import { SharedIndex } from './shared-index.ts';

/** What an index takes from outside. */
export interface ObjectIndexParts {
  readonly opener: DirectoryOpener;
  /** Folder of the repository, where there is one: directories are read from its packs, not kept in memory. */
  readonly localPath?: string | undefined;
}

/**
 * The index of the one thread that writes it. Packs may come and go in any order; an object may have several copies.
 *
 * Without a local folder it keeps the stored directories, 36 bytes an object besides the entries of the index.
 */
export class ObjectIndex extends ObjectIndexView {
  protected declare readonly slots: SharedIndex;
  protected declare readonly table: PackTable;
  readonly #localPath: string | undefined;
  #lendings = 0;

  constructor({ opener, localPath }: ObjectIndexParts) {
    const table = new PackTable();
    super(new SharedIndex(table), table, opener, new Map(), localPath);
    this.#localPath = localPath;
  }

  /** Rises when handles given out before have become old. */
  get generation(): number {
    return this.slots.generation + this.table.generation + this.#lendings;
  }

  /** Bytes of memory for entries and packs; directories come on top. */
  get sizeBytes(): number {
    return this.slots.sizeBytes + this.table.sizeBytes;
  }

  /** For other threads, or `undefined` when there is no folder that they could read directories from. */
  handle(): ObjectIndexHandle | undefined {
    return this.#localPath === undefined ? undefined : { slots: this.slots.handle(), packs: this.table.handle(), localPath: this.#localPath, lent: this.kept };
  }

  /** Ordinals given so far: packs added from now on have higher ones. */
  get packCount(): number {
    return this.table.count;
  }

  /** Packs in which damage was met, in any thread. Never falls. */
  get distrustedCount(): number {
    return this.table.distrustedCount;
  }

  /** Packs in the index, in the order they were added. */
  packs(): Iterable<PackSummary> {
    return this.table.packs();
  }

  /** Ordinal of a pack, or `undefined` when it is not in the index. */
  findPack(packName: string): number | undefined {
    return this.table.find(packName);
  }

  /** Packs whose directory was looked for and could not be read. */
  get unreadablePacks(): readonly PackSummary[] {
    return [...this.directories.unreadable].flatMap((ordinal) => this.table.get(ordinal) ?? []);
  }

  /** Adds a pack and its objects, which other threads find from now on. Adding it again does nothing. @returns its ordinal */
  addPack({ name, kind, fileBytes, prefix, directoryBytes, directory }: PackManifest): number {
    const present = this.table.find(name);
    if (present !== undefined) return present;
    const ordinal = this.table.add({ name, kind, fileBytes, directoryBytes: directoryBytes.length, objectCount: directory.objectCount });
    if (this.#localPath === undefined) this.kept.set(ordinal, { prefix, directoryBytes });
    for (let object = 0; object < directory.objectCount; object++) this.slots.insert(directory.idAt(object), ordinal, object);
    return ordinal;
  }

  /** Takes a pack out. Other threads do not find its objects any more either. */
  removePack(ordinal: number): void {
    this.table.remove(ordinal);
    this.directories.forget(ordinal);
    this.kept.delete(ordinal);
  }

  /** Lends a pack a directory from elsewhere, because its own cannot be read. The bytes are kept. */
  lendDirectory(ordinal: number, { prefix, directoryBytes }: StoredDirectory): void {
    this.#lendings++;
    this.keepDirectory(ordinal, { prefix: new Uint8Array(prefix), directoryBytes: new Uint8Array(directoryBytes) });
  }

  /** A pack's directory as it is stored, proved, or `undefined` when it cannot be read. */
  storedDirectoryOf(pack: PackSummary): StoredDirectory | undefined {
    return this.directories.readStored(pack);
  }

  /** Replaces the set of condemned packs; it holds for packs that are added later, too. */
  setCondemned(packNames: Iterable<string>): void {
    this.table.setCondemned(packNames);
  }
}
