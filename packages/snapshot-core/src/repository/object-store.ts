import type { StoredDirectory } from '../chunk-index/directory-cache.ts';
import { writeIndexFile } from '../chunk-index/index-files.ts';
import { ObjectIndex } from '../chunk-index/object-index.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import { createPackManifest, type PackManifest } from '../format/pack-manifest.ts';
import { decodePackedList } from '../format/packed-list.ts';
import { countPacked, packedIdAt } from '../format/packed-references.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { decodeTreeObject } from '../format/tree-object.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { localFolderOf } from '../storage/folder-storage.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';
import { IndexRefresher } from './index-refresher.ts';
import { ObjectReader } from './object-reader.ts';
import { ObjectWriter } from './object-writer.ts';
import { OtherWriters, type OtherWriter } from './other-writers.ts';

/** What an object store takes from outside. */
export interface ObjectStoreParts {
  readonly storage: Storage;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
}

/** Packs per index file: so many are listed as soon as they are durable, the rest by `flush`. */
export const packsPerIndexFile = 512;

/**
 * Objects in packs: saving with deduplication, loading with verification. The only writer of the index.
 *
 * After a failed write it stays broken: objects that callers believe saved may be gone, so nothing may refer to them.
 */
export class ObjectStore {
  readonly codec: PackCodec;
  readonly index: ObjectIndex;
  readonly #parts: ObjectStoreParts;
  readonly #writer: ObjectWriter;
  readonly #reader: ObjectReader;
  readonly #refresher: IndexRefresher;
  readonly #others = new OtherWriters();
  /** Durable packs that no index file lists yet, by name. */
  readonly #unlisted = new Map<string, StoredDirectory>();
  #hasUncommitted = false;
  /** How often trees were given up. */
  #giveUps = 0;
  #outdated: SnapshotError | undefined;
  /** Whether packs of others wait for an index file, which may not be durable yet. */
  #hasFoundPacks = false;
  #indexWrites: Promise<void> = Promise.resolve();

  constructor(parts: ObjectStoreParts) {
    const { storage, envelope, codec, randomBytes } = parts;
    const index = new ObjectIndex({ opener: codec, localPath: localFolderOf(storage) });
    this.#parts = parts;
    this.codec = codec;
    this.index = index;
    this.#refresher = new IndexRefresher({ storage, envelope, codec, index });
    this.#reader = new ObjectReader({ storage, codec, index });
    this.#writer = new ObjectWriter({
      storage,
      codec,
      index,
      randomBytes,
      announce: (pack) => this.#addPack(pack),
      beforeTrees: () => this.#others.flush(),
    });
  }

  /** Whether trees were saved since the last commit: what they refer to was there at that time. */
  get hasUncommitted(): boolean {
    return this.#hasUncommitted;
  }

  /** Notes that every tree saved so far is in a snapshot or given up. */
  noteCommit(): void {
    this.#hasUncommitted = false;
  }

  /**
   * Brings the index up to what is stored. Packs that no index file lists, as a killed process leaves them, are read from their own
   * directories and listed by the next `flush`; listed packs that are gone are left out, and those of another length than they
   * should have are not relied on. Packs whose data key is not held are left out as well; `requireEveryDataKey` tells.
   *
   * @param condemned `undefined`: nobody knows, so those that were stay so
   */
  async reload(condemned: Iterable<string> | undefined, options?: StorageCallOptions): Promise<void> {
    if (condemned !== undefined) this.index.setCondemned(condemned);
    const { unlisted, outdated } = await this.#refresher.refresh(options);
    this.#outdated = outdated;
    if (unlisted.length > 0) this.#hasFoundPacks = true;
    for (const pack of unlisted) this.#unlisted.set(pack.name, pack);
    for (const name of this.#unlisted.keys()) if (this.index.findPack(name) === undefined) this.#unlisted.delete(name);
  }

  /** Whether `requireEveryDataKey` throws. */
  get isOutdated(): boolean {
    return this.#outdated !== undefined;
  }

  /**
   * What is in a pack whose data key is not held is unknown, so nothing may be concluded from its not being found, and nothing be written.
   *
   * @throws {SnapshotError} `repository/key-outdated` when the last `reload` has met such packs
   */
  requireEveryDataKey(): void {
    if (this.#outdated) throw this.#outdated;
  }

  /**
   * Makes sure that the directory of every pack in the index can be read, and takes the others out: what is in them is unknown. A pack
   * whose own directory is damaged gets the one an index file has.
   */
  async openEveryDirectory(condemned: Iterable<string>, options?: StorageCallOptions): Promise<void> {
    const findUnreadable = () => Array.from(this.index.packs()).filter(({ ordinal }) => this.index.openPack(ordinal) === undefined);
    if (findUnreadable().length === 0) return;
    await this.reload(condemned, options);
    for (const { ordinal } of findUnreadable()) this.index.removePack(ordinal);
  }

  has(id: ObjectId | Uint8Array, kind?: ObjectKind): boolean {
    return this.#writer.has(id, kind) || this.#others.expects(id, kind);
  }

  async save(bytes: Uint8Array, kind: ObjectKind, options?: StorageCallOptions): Promise<{ id: ObjectId; added: boolean }> {
    options?.signal?.throwIfAborted();
    this.#requireWritable();
    const id = this.codec.identity.identify(bytes);
    return { id, added: await this.saveAs(id, bytes, kind) };
  }

  /** The same for bytes whose identity is known. @returns whether they were not saved before */
  async saveAs(id: ObjectId | Uint8Array, bytes: Uint8Array, kind: ObjectKind): Promise<boolean> {
    this.#requireWritable();
    // Even a tree that is stored already is looked into: it may be a dead one whose children were pruned.
    if (kind === 'tree') {
      this.#hasUncommitted = true;
      this.#requireReferences(bytes);
    }
    return !this.#others.expects(id, kind) && this.#writer.saveAs(id, bytes, kind);
  }

  /** Stores one more copy of an object, in a new pack: how objects leave packs that are to go. */
  async copy(id: ObjectId, kind: ObjectKind, options?: StorageCallOptions): Promise<void> {
    await this.#writer.saveAgain(id, await this.load(id, options), kind);
  }

  /** Packs first, those of other writers too, then the index that lists them. */
  async flush(options?: StorageCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#requireWritable();
    const giveUps = this.#giveUps;
    try {
      await this.#others.flush();
      // Whoever flushes may be about to commit one of them.
      if (giveUps !== this.#giveUps) throw new SnapshotError('worker/lost', 'trees were given up while they were to be stored, because threads that had saved what they refer to were ended; open the repository again and repeat the work');
      await this.#writer.flush();
      await this.#listPacks(1);
    } catch (error) {
      this.#writer.fail(error, { isTold: true });
      throw error;
    }
  }

  /** @throws {SnapshotError} `object/missing`, `repository/key-outdated` where it may lie in a pack that cannot be opened, `object/damaged`, `storage/failed` */
  async load(id: ObjectId, options?: StorageCallOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const unsaved = this.#writer.get(id);
    if (unsaved) return new Uint8Array(unsaved);
    try {
      return await this.#reader.load(id, options);
    } catch (error) {
      if (SnapshotError.isInstance(error) && error.code === 'object/missing') this.requireEveryDataKey();
      throw error;
    }
  }

  /** Takes over a durable pack that another writer has stored. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
  async addStoredPack({ prefix, directoryBytes }: StoredDirectory): Promise<void> {
    await this.#addPack(createPackManifest(prefix, directoryBytes, 'a pack that was just stored', this.codec));
  }

  /** Lets another writer over the same repository take part: `flush` and packs of trees wait for its packs. @returns ends that */
  attach(writer: OtherWriter): () => void {
    return this.#others.attach(writer);
  }

  /** Relies on an attached writer to store an object: it counts as saved, and nothing that refers to it is stored before it is. */
  expect(id: ObjectId | Uint8Array, kind: ObjectKind): void {
    if (!this.index.hasKept(id, kind)) this.#others.expect(id, kind);
  }

  /**
   * Gives up what is still expected when the last attached writer has gone: it will not come. Trees that are not stored yet go with it, because some may
   * refer to it, as if they had never been saved: what refers to one of them, or commits it, is told that it is missing.
   *
   * Does nothing while such trees are on their way to the storage; then the next flush fails.
   */
  giveUpExpected(): void {
    if (this.#writer.hasTreesLeaving || !this.#others.forgetLost()) return;
    this.#giveUps += 1;
    this.#writer.dropOpenTrees();
  }

  #requireWritable(): void {
    this.requireEveryDataKey();
    this.#writer.requireSound();
  }

  #requireReferences(bytes: Uint8Array): void {
    if (this.#hasAllChunksOf(decodePackedList(bytes))) return;
    const missing = decodeTreeObject(bytes).references.find((reference) => !this.has(reference.id, reference.kind));
    if (missing) throw new SnapshotError('object/missing', `a tree refers to the ${missing.kind} object ${missing.id}, which was not saved; save it first`);
  }

  /** The short way for lists of chunks, of which images have many. */
  #hasAllChunksOf(packed: Uint8Array | undefined): boolean {
    if (packed === undefined) return false;
    for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) if (!this.has(packedIdAt(packed, ordinal), 'data')) return false;
    return true;
  }

  async #addPack(pack: PackManifest): Promise<void> {
    this.index.addPack(pack);
    this.#others.arrived(pack);
    this.#unlisted.set(pack.name, { prefix: pack.prefix, directoryBytes: pack.directoryBytes });
    await this.#listPacks(packsPerIndexFile);
  }

  /** Writes index files while so many packs wait for one. One file at a time. */
  #listPacks(atLeast: number): Promise<void> {
    const write = this.#indexWrites.then(async () => {
      if (this.#hasFoundPacks) {
        this.#hasFoundPacks = false;
        await this.#parts.storage.settle?.('pack');
      }
      while (this.#unlisted.size >= atLeast) {
        const listed = [...this.#unlisted].slice(0, packsPerIndexFile);
        await writeIndexFile(this.#parts.storage, this.#parts.envelope, listed.map(([, stored]) => stored), this.codec);
        for (const [name] of listed) this.#unlisted.delete(name);
      }
    });
    this.#indexWrites = write.catch(() => undefined);
    return write;
  }
}
