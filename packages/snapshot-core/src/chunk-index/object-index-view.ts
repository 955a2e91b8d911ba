import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { PackedObject } from '../format/pack-directory.ts';
import { packPrefixBytes } from '../format/pack-directory.ts';
import { packTrailerBytes, type DirectoryOpener } from '../format/pack-manifest.ts';
import { readLocalRanges } from '../storage/read-local-ranges.ts';
import { DirectoryCache, type DirectoryPack, type StoredDirectory } from './directory-cache.ts';
import type { VisitCandidate } from './index-slots.ts';
import { PackTableView, type PackSummary, type PackTableHandle } from './pack-table.ts';
import { SharedIndexView, type SharedIndexHandle } from './shared-index.ts';

/** One stored copy of an object. */
export interface IndexedObject {
  readonly pack: DirectoryPack;
  readonly object: PackedObject;
}

/** What a thread needs to look objects up; structured-cloneable. */
export interface ObjectIndexHandle {
  readonly slots: SharedIndexHandle;
  readonly packs: PackTableHandle;
  /** Folder of the repository: other threads read directories from its packs. */
  readonly localPath: string;
  /** Directories, by ordinal, of packs whose own cannot be read. */
  readonly lent: ReadonlyMap<number, StoredDirectory>;
}

/** Called with each proved copy until it returns true. */
type VisitCopy = (pack: DirectoryPack, objectOrdinal: number) => boolean;

const idBytes = 32;
/** Directories of some 100 GB at 64 KiB a chunk; every thread has as much. */
const directoryCacheBytes = 16_777_216;

/**
 * Which packs hold which objects. Every answer is proved by the whole identity in the pack's directory; a directory that cannot be
 * read is as if its pack were not there.
 *
 * Ids are given as text or as 32 bytes, which are not kept.
 */
export class ObjectIndexView {
  protected readonly slots: SharedIndexView;
  protected readonly table: PackTableView;
  protected readonly directories: DirectoryCache;
  /** Directories that are not read from the packs. */
  protected readonly kept: Map<number, StoredDirectory>;
  readonly #idBytes = Buffer.alloc(idBytes);
  #wantedKind: ObjectKind | undefined;
  #visitCopy: VisitCopy = () => true;

  protected constructor(slots: SharedIndexView, table: PackTableView, opener: DirectoryOpener, kept: Map<number, StoredDirectory>, localPath: string | undefined) {
    const read = (pack: PackSummary) => kept.get(pack.ordinal) ?? (localPath === undefined ? undefined : readLocalDirectory(localPath, pack));
    this.slots = slots;
    this.table = table;
    this.kept = kept;
    this.directories = new DirectoryCache({ summaryOf: (ordinal) => table.get(ordinal), read, opener, maxBytes: directoryCacheBytes });
  }

  /** Opens the index of another thread for reading. */
  static attach({ slots, packs, localPath, lent }: ObjectIndexHandle, opener: DirectoryOpener): ObjectIndexView {
    const kept = new Map(lent);
    return new ObjectIndexView(SharedIndexView.attach(slots), PackTableView.attach(packs), opener, kept, localPath);
  }

  /** Takes over what has grown since. Until then, a view may miss what is new, and is never wrong. */
  follow({ slots, packs, lent }: ObjectIndexHandle): void {
    this.table.follow(packs);
    for (const [ordinal, stored] of lent) if (!this.kept.has(ordinal)) this.keepDirectory(ordinal, stored);
    this.slots.follow(slots);
  }

  /** Whether a copy may be relied on: the question deduplication asks. Not in a condemned pack, nor in one where damage was met. */
  hasKept(id: ObjectId | Uint8Array, kind?: ObjectKind): boolean {
    this.#wantedKind = kind;
    const bytes = this.#bytesOf(id);
    return bytes !== undefined && this.slots.visit(bytes, this.#isKeptCopy);
  }

  /** Copies of an object, those that may be relied on first. */
  copiesOf(id: ObjectId | Uint8Array): readonly IndexedObject[] {
    const copies: IndexedObject[] = [];
    this.visitCopies(id, (pack, objectOrdinal) => {
      copies.push({ pack, object: pack.directory.object(objectOrdinal) });
      return false;
    });
    if (copies.length < 2) return copies;
    return copies.toSorted((a, b) => Number(this.table.isKept(b.pack.ordinal)) - Number(this.table.isKept(a.pack.ordinal)));
  }

  /** Calls `visit` with each copy until it returns true. @returns whether it did. Look nothing else up in it */
  visitCopies(id: ObjectId | Uint8Array, visit: VisitCopy): boolean {
    this.#visitCopy = visit;
    const bytes = this.#bytesOf(id);
    return bytes !== undefined && this.slots.visit(bytes, this.#visitProved);
  }

  /** The pack with its directory, or `undefined` when it is gone or its directory cannot be read. */
  openPack(ordinal: number): DirectoryPack | undefined {
    return this.table.isPresent(ordinal) ? this.directories.get(ordinal) : undefined;
  }

  /** Notes, for all threads, that damage was met in a pack: nothing new relies on it, and its copies are read last. */
  distrust(packOrdinal: number): void {
    this.table.distrust(packOrdinal);
  }

  /** Uses these bytes instead of those in the pack. */
  protected keepDirectory(ordinal: number, stored: StoredDirectory): void {
    this.kept.set(ordinal, stored);
    this.directories.forget(ordinal);
  }

  readonly #isKeptCopy: VisitCandidate = (packOrdinal, objectOrdinal, id) =>
    this.table.isKept(packOrdinal) &&
    (this.#wantedKind === undefined || this.table.kindOf(packOrdinal) === this.#wantedKind) &&
    this.directories.get(packOrdinal)?.directory.hasIdAt(objectOrdinal, id) === true;

  readonly #visitProved: VisitCandidate = (packOrdinal, objectOrdinal, id) => {
    const pack = this.openPack(packOrdinal);
    return pack?.directory.hasIdAt(objectOrdinal, id) === true && this.#visitCopy(pack, objectOrdinal);
  };

  /** Without allocating: the text is decoded into a buffer of this object. */
  #bytesOf(id: ObjectId | Uint8Array): Uint8Array | undefined {
    if (typeof id !== 'string') return id.length === idBytes ? id : undefined;
    return id.length === 2 * idBytes && this.#idBytes.write(id, 'hex') === idBytes ? this.#idBytes : undefined;
  }
}

/** A pack's own directory, as it is stored in a local folder. */
function readLocalDirectory(localPath: string, { name, fileBytes, directoryBytes }: PackSummary): StoredDirectory | undefined {
  const [prefix, stored] = readLocalRanges(localPath, 'pack', name, [
    { offset: 0, lengthBytes: packPrefixBytes },
    { offset: fileBytes - packTrailerBytes - directoryBytes, lengthBytes: directoryBytes },
  ]) ?? [];
  return prefix && stored && { prefix, directoryBytes: stored };
}
