import { readIndexFiles, writeIndexFile } from '../chunk-index/index-files.ts';
import { ObjectIndex } from '../chunk-index/object-index.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { maxObjectBytes, type ObjectId, type ObjectKind } from '../format/object-reference.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import { packSaltBytes } from '../format/pack-prefix.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { decodeTreeObject } from '../format/tree-object.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import { PackBuilder } from '../pack/pack-builder.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackManifest } from '../pack/read-pack.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** Opened frames kept for their other objects. */
const frameCacheBytes = 8_388_608;

/** What an object store takes from outside. */
export interface ObjectStoreParts {
  readonly storage: Storage;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
}

/**
 * Objects in packs: saving with deduplication, loading with verification.
 *
 * After a failed write it stays broken: objects that callers believe saved may be gone, so nothing may refer to them.
 */
export class ObjectStore {
  readonly codec: PackCodec;
  readonly #frames = new FrameCache(frameCacheBytes);
  readonly #parts: ObjectStoreParts;
  /** Copies found damaged, by `copyKey`; kept when the index is read anew. */
  readonly #damaged = new Set<string>();
  #index = new ObjectIndex(this.#damaged);
  /** Filling, at most one per kind. */
  readonly #open = new Map<ObjectKind, PackBuilder>();
  /** Full, on their way to the storage. */
  readonly #leaving = new Set<PackBuilder>();
  /** Durable packs that no index file lists yet. */
  #unlisted: PackManifest[] = [];
  /** Packs stored through this object, so that reading the index anew misses none that was stored meanwhile. */
  readonly #stored: PackManifest[] = [];
  #writes: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(parts: ObjectStoreParts) {
    this.#parts = parts;
    this.codec = parts.codec;
  }

  get index(): ObjectIndex {
    return this.#index;
  }

  /** Whether saved objects wait for `flush`. */
  get hasUnflushed(): boolean {
    return this.#open.size > 0 || this.#leaving.size > 0 || this.#unlisted.length > 0;
  }

  /**
   * Reads the index anew. Packs that no index file lists, as a killed process leaves them, are read from their own
   * directories and listed by the next `flush`; listed packs that are gone are left out, and those of another length than they
   * should have are not relied on.
   */
  async reload(condemned: Iterable<string>, options?: StorageCallOptions): Promise<void> {
    const { storage, envelope } = this.#parts;
    const storedBefore = this.#stored.length;
    const index = new ObjectIndex(this.#damaged);
    index.setCondemned(condemned);
    const files = new Map<string, number>();
    for await (const { name, sizeBytes } of storage.list('pack', options)) files.set(name, sizeBytes);
    for await (const file of readIndexFiles(storage, envelope, this.codec, options))
      for (const pack of 'packs' in file ? file.packs : []) {
        const sizeBytes = files.get(pack.name);
        if (sizeBytes !== undefined) index.addPack(pack);
        if (sizeBytes !== undefined && sizeBytes !== pack.fileBytes) for (const { id } of pack.directory.objects()) index.markDamaged(pack.name, id);
      }
    const unlisted: PackManifest[] = [];
    for (const [name, sizeBytes] of files) {
      if (index.hasPack(name)) continue;
      const pack = await readPackManifest(storage, { name, sizeBytes }, this.codec, options).catch(ignoreDamage);
      if (!pack) continue;
      index.addPack(pack);
      unlisted.push(pack);
    }
    for (const pack of [...this.#unlisted, ...this.#stored.slice(storedBefore)]) index.addPack(pack);
    this.#index = index;
    this.#unlisted = [...new Map([...this.#unlisted, ...unlisted].map((pack) => [pack.name, pack])).values()];
  }

  has(id: ObjectId, kind?: ObjectKind): boolean {
    return this.#unsaved(id, kind) !== undefined || this.#index.hasKept(id, kind);
  }

  async save(bytes: Uint8Array, kind: ObjectKind, options?: StorageCallOptions): Promise<{ id: ObjectId; added: boolean }> {
    options?.signal?.throwIfAborted();
    this.#requireSound();
    if (bytes.length > maxObjectBytes) throw new SnapshotError('argument/invalid', `an object has at most ${maxObjectBytes} bytes, this one has ${bytes.length}; split it`);
    const id = this.codec.identity.identify(bytes);
    // Even a tree that is stored already is looked into: it may be a dead one whose children were pruned.
    if (kind === 'tree') this.#requireReferences(bytes);
    if (this.has(id, kind)) return { id, added: false };
    await this.#add(id, kind, bytes);
    return { id, added: true };
  }

  /** Stores one more copy of an object, in a new pack: how objects leave packs that are to go. */
  async copy(id: ObjectId, kind: ObjectKind, options?: StorageCallOptions): Promise<void> {
    const bytes = await this.load(id, options);
    this.#requireSound();
    if (this.#unsaved(id, kind) === undefined) await this.#add(id, kind, bytes);
  }

  /** Packs first, then the index that lists them. */
  async flush(options?: StorageCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#requireSound();
    await Promise.all([this.#store('data'), this.#store('tree')]);
    await this.#write(async () => {
      if (this.#unlisted.length === 0) return;
      const listed = this.#unlisted;
      await writeIndexFile(this.#parts.storage, this.#parts.envelope, listed, this.codec);
      this.#unlisted = this.#unlisted.filter((pack) => !listed.includes(pack));
    });
  }

  /** @throws {SnapshotError} `object/missing`, `object/damaged`, `storage/failed` */
  async load(id: ObjectId, options?: StorageCallOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const unsaved = this.#unsaved(id);
    if (unsaved) return new Uint8Array(unsaved);
    let failure: SnapshotError | undefined;
    for (const { pack, object } of this.#index.copiesOf(id)) {
      try {
        return await readPackedObject(this.#parts.storage, pack, object, this.codec, { ...options, frames: this.#frames });
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        if (error.code === 'object/damaged') this.#index.markDamaged(pack.name, id);
        // Damage says more than absence: keep the first thing worth reporting, and try the next copy.
        if (error.code !== 'storage/not-found') failure ??= error;
      }
    }
    throw failure ?? new SnapshotError('object/missing', `no pack in ${this.#parts.storage.description} holds the object ${id}; run check to see which snapshots need it`);
  }

  #unsaved(id: ObjectId, kind?: ObjectKind): Uint8Array | undefined {
    for (const builder of [...this.#open.values(), ...this.#leaving]) {
      const bytes = kind === undefined || builder.kind === kind ? builder.get(id) : undefined;
      if (bytes) return bytes;
    }
    return undefined;
  }

  #requireReferences(bytes: Uint8Array): void {
    const missing = decodeTreeObject(bytes).references.find((reference) => !this.has(reference.id, reference.kind));
    if (missing) throw new SnapshotError('object/missing', `a tree refers to the ${missing.kind} object ${missing.id}, which was not saved; save it first`);
  }

  #requireSound(): void {
    if (this.#failure !== undefined)
      throw new SnapshotError('repository/broken', `an earlier write to ${this.#parts.storage.description} failed; open the repository again and repeat the work`, { cause: this.#failure });
  }

  async #add(id: ObjectId, kind: ObjectKind, bytes: Uint8Array): Promise<void> {
    const builder = this.#open.get(kind) ?? new PackBuilder(kind, this.#parts.randomBytes(packSaltBytes), this.codec);
    this.#open.set(kind, builder);
    builder.add(id, bytes);
    if (!builder.isFull) return;
    // What refers is stored after what it refers to, so that a tree found after a crash has everything below it.
    if (kind === 'tree') await Promise.all([this.#store('data'), this.#store('tree')]);
    else await this.#store('data');
  }

  /** Not abortable on purpose: stopping half-way would lose objects that callers believe saved. */
  async #store(kind: ObjectKind): Promise<void> {
    const builder = this.#open.get(kind);
    if (!builder) return;
    this.#open.delete(kind);
    this.#leaving.add(builder);
    await this.#write(async () => {
      const { manifest, parts } = builder.finish();
      await this.#parts.storage.put('pack', manifest.name, parts);
      this.#index.addPack(manifest);
      this.#stored.push(manifest);
      this.#unlisted.push(manifest);
      this.#leaving.delete(builder);
    });
  }

  /** One write at a time, in the order they were asked for; the first failure ends all. */
  #write(work: () => Promise<void>): Promise<void> {
    const write = this.#writes.then(async () => {
      this.#requireSound();
      try {
        await work();
      } catch (error) {
        this.#failure = error;
        throw error;
      }
    });
    this.#writes = write.catch(() => undefined);
    return write;
  }
}

function ignoreDamage(error: unknown): undefined {
  if (SnapshotError.isInstance(error) && ['format/damaged', 'storage/not-found', 'storage/failed'].includes(error.code)) return undefined;
  throw error;
}
