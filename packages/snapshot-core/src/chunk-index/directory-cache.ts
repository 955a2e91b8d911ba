import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectKind } from '../format/object-reference.ts';
import { PackDirectory } from '../format/pack-directory.ts';
import { packSeal, type DirectoryOpener, type PackManifest } from '../format/pack-manifest.ts';
import type { PackSummary } from './pack-table.ts';

/** What proves a pack and says what is in it, as it is stored. */
export type StoredDirectory = Pick<PackManifest, 'prefix' | 'directoryBytes'>;

/** A pack whose directory is at hand. */
export interface DirectoryPack {
  readonly ordinal: number;
  readonly name: string;
  readonly kind: ObjectKind;
  readonly prefix: Uint8Array;
  readonly directory: PackDirectory;
}

/** Where directories come from. */
export interface DirectorySource {
  /** Facts of a pack, or `undefined` when it is gone. */
  readonly summaryOf: (ordinal: number) => PackSummary | undefined;
  /** Stored bytes of a pack's directory, not verified, or `undefined` when they cannot be read. */
  readonly read: (pack: PackSummary) => StoredDirectory | undefined;
  readonly opener: DirectoryOpener;
  /** Bytes of directories kept. */
  readonly maxBytes: number;
}

interface CacheEntry {
  readonly pack: DirectoryPack;
  readonly sizeBytes: number;
  wasUsed: boolean;
}

/** What an entry costs besides the directory's bytes. */
const entryOverheadBytes = 512;

/**
 * Directories of packs, read when they are asked for and proved against the pack's name. Those used since they were last looked at
 * get another round before they go.
 *
 * A directory that cannot be read or proved is a miss, and is not read again until it is forgotten.
 */
export class DirectoryCache {
  readonly #source: DirectorySource;
  readonly #entries = new Map<number, CacheEntry>();
  readonly #unreadable = new Set<number>();
  #heldBytes = 0;
  /** Look-ups come in runs within one pack. */
  #last: DirectoryPack | undefined;

  constructor(source: DirectorySource) {
    this.#source = source;
  }

  /** Ordinals of packs whose directory could not be read. */
  get unreadable(): ReadonlySet<number> {
    return this.#unreadable;
  }

  /** Bytes held, not more than the source allows but for a single directory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The pack with its directory, or `undefined` when it is gone or its directory cannot be read. Never throws for damage. */
  get(ordinal: number): DirectoryPack | undefined {
    if (this.#last?.ordinal === ordinal) return this.#last;
    const entry = this.#entries.get(ordinal);
    if (entry) {
      entry.wasUsed = true;
      return (this.#last = entry.pack);
    }
    if (this.#unreadable.has(ordinal)) return undefined;
    const summary = this.#source.summaryOf(ordinal);
    if (!summary) return undefined;
    const pack = this.#open(summary);
    if (pack) this.#keep(pack, summary.directoryBytes);
    else this.#unreadable.add(ordinal);
    return (this.#last = pack);
  }

  /** Stored bytes of a pack's directory, proved against its name, or `undefined`. Keeps nothing. */
  readStored(summary: PackSummary): StoredDirectory | undefined {
    const stored = this.#source.read(summary);
    return stored && Buffer.from(packSeal(stored.prefix, stored.directoryBytes)).toString('hex') === summary.name ? stored : undefined;
  }

  /** Reads the directory anew when it is asked for next. */
  forget(ordinal: number): void {
    this.#last = undefined;
    this.#unreadable.delete(ordinal);
    this.#drop(ordinal);
  }

  #open(summary: PackSummary): DirectoryPack | undefined {
    const stored = this.readStored(summary);
    if (!stored) return undefined;
    try {
      const directory = new PackDirectory(this.#source.opener.openDirectory(stored.prefix, stored.directoryBytes));
      return { ordinal: summary.ordinal, name: summary.name, kind: summary.kind, prefix: stored.prefix, directory };
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      return undefined;
    }
  }

  #keep(pack: DirectoryPack, directoryBytes: number): void {
    // The directory's own bytes, and four for each object.
    const sizeBytes = entryOverheadBytes + directoryBytes + 4 * pack.directory.objectCount;
    this.#heldBytes += sizeBytes;
    this.#entries.set(pack.ordinal, { pack, sizeBytes, wasUsed: false });
    for (const [ordinal, entry] of this.#entries) {
      if (this.#heldBytes <= this.#source.maxBytes) break;
      if (ordinal === pack.ordinal) continue;
      this.#drop(ordinal);
      if (!entry.wasUsed) continue;
      this.#entries.set(ordinal, { ...entry, wasUsed: false });
      this.#heldBytes += entry.sizeBytes;
    }
  }

  #drop(ordinal: number): void {
    this.#heldBytes -= this.#entries.get(ordinal)?.sizeBytes ?? 0;
    this.#entries.delete(ordinal);
  }
}
