import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectIndexView } from '../chunk-index/object-index-view.ts';
import { maxObjectBytes, type ObjectId, type ObjectKind } from '../format/object-reference.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import { packSaltBytes } from '../format/pack-prefix.ts';
import { MemoryBody } from '../pack/memory-body.ts';
import { PackBuilder } from '../pack/pack-builder.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import type { PackBody } from '../pack/pack-body.ts';
import { SlabPool } from '../pack/slabs.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** What a writer takes from outside. */
export interface ObjectWriterParts {
  readonly codec: PackCodec;
  readonly storage: Pick<Storage, 'put' | 'description'>;
  /** What is stored already. */
  readonly index: Pick<ObjectIndexView, 'hasKept'>;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  /** Called when a pack is durable; resolves when its objects can be found in the index. */
  readonly announce: (pack: PackManifest) => Promise<void> | void;
  /** Called before a pack of trees is stored: resolves when what they refer to elsewhere is durable. Default: nothing is elsewhere. */
  readonly beforeTrees?: () => Promise<void>;
  /** Makes the body of a new pack. Default: it stays in memory until `storage` takes it. */
  readonly openBody?: () => PackBody;
  /** Packs that may wait for the storage while the next is being filled. Each costs 16 MiB of memory and more. Default 2. */
  readonly packsInFlight?: number;
}

/**
 * Puts objects that are not stored yet into packs, and stores these as they fill, in the background. Any thread may have one.
 *
 * Packs of data are durable before packs of trees that were filled at the same time or later. The first failed write ends it: objects that callers believe
 * saved may be gone, so nothing may refer to them.
 */
export class ObjectWriter {
  readonly #parts: ObjectWriterParts;
  /** Filling, at most one per kind. */
  readonly #open = new Map<ObjectKind, PackBuilder>();
  /** Full, and not announced yet. */
  readonly #leaving = new Map<PackBuilder, Promise<void>>();
  readonly #slabs = new SlabPool();
  readonly #packsInFlight: number;
  #failure: { readonly cause: unknown; isTold: boolean } | undefined;

  constructor(parts: ObjectWriterParts) {
    this.#parts = parts;
    this.#packsInFlight = parts.packsInFlight ?? 2;
  }

  /** Whether saved objects wait for `flush`. */
  get hasUnflushed(): boolean {
    return this.#open.size > 0 || this.#leaving.size > 0;
  }

  /** Whether full packs of trees are on their way to the storage. */
  get hasTreesLeaving(): boolean {
    for (const { kind } of this.#leaving.keys()) if (kind === 'tree') return true;
    return false;
  }

  /** Forgets trees that are not on their way to the storage, as if they had never been saved. */
  dropOpenTrees(): void {
    const builder = this.#open.get('tree');
    this.#open.delete('tree');
    builder?.body.release();
  }

  /** Whether an object is stored and may be relied on, or was saved here. */
  has(id: ObjectId | Uint8Array, kind?: ObjectKind): boolean {
    return this.#parts.index.hasKept(id, kind) || (this.hasUnflushed && this.#builderOf(textOf(id), kind) !== undefined);
  }

  /** Bytes of an object that was saved here and is not announced yet, or `undefined`. They may be overwritten by the next call. */
  get(id: ObjectId, kind?: ObjectKind): Uint8Array | undefined {
    return this.#builderOf(id, kind)?.get(id);
  }

  /**
   * Keeps bytes unless they are stored already. They are copied before the promise is returned; it resolves late when packs wait for
   * the storage.
   *
   * @throws {SnapshotError} `argument/invalid`, `repository/broken`, `storage/*` of an earlier write in the background
   */
  async save(bytes: Uint8Array, kind: ObjectKind, options?: StorageCallOptions): Promise<{ id: ObjectId; added: boolean }> {
    options?.signal?.throwIfAborted();
    this.requireSound();
    const id = this.#parts.codec.identity.identify(bytes);
    return { id, added: await this.saveAs(id, bytes, kind) };
  }

  /** The same for bytes whose identity is known. @returns whether they were not stored yet */
  async saveAs(id: ObjectId | Uint8Array, bytes: Uint8Array, kind: ObjectKind): Promise<boolean> {
    this.requireSound();
    if (this.has(id, kind)) return false;
    await this.#add(textOf(id), bytes, kind);
    return true;
  }

  /** Keeps one more copy, even of what is stored already; once between two flushes. */
  async saveAgain(id: ObjectId, bytes: Uint8Array, kind: ObjectKind): Promise<void> {
    this.requireSound();
    if (this.#builderOf(id, kind) === undefined) await this.#add(id, bytes, kind);
  }

  /** Makes everything saved so far durable and announced. Not abortable on purpose: stopping half-way would lose what callers believe saved. */
  async flush(): Promise<void> {
    this.requireSound();
    this.#send('data');
    this.#send('tree');
    await Promise.all(this.#leaving.values());
    this.requireSound();
  }

  /** @throws {SnapshotError} what made a write fail, once; then `repository/broken` */
  requireSound(): void {
    if (!this.#failure) return;
    const { cause, isTold } = this.#failure;
    this.#failure.isTold = true;
    if (!isTold) throw cause;
    throw new SnapshotError('repository/broken', `an earlier write to ${this.#parts.storage.description} failed; open the repository again and repeat the work`, { cause });
  }

  /** Ends the writer as a failed write does. @param options.isTold whether the caller has heard of it already */
  fail(cause: unknown, options?: { readonly isTold: boolean }): void {
    this.#failure ??= { cause, isTold: options?.isTold ?? false };
  }

  async #add(id: ObjectId, bytes: Uint8Array, kind: ObjectKind): Promise<void> {
    if (bytes.length > maxObjectBytes) throw new SnapshotError('argument/invalid', `an object has at most ${maxObjectBytes} bytes, this one has ${bytes.length}; split it`);
    const builder = this.#open.get(kind) ?? this.#begin(kind);
    try {
      builder.add(id, bytes);
    } catch (error) {
      this.fail(error, { isTold: true });
      throw error;
    }
    if (!builder.isFull) return;
    if (kind === 'tree') this.#send('data');
    this.#send(kind);
    while (this.#leaving.size > this.#packsInFlight) await Promise.race(this.#leaving.values());
    this.requireSound();
  }

  #begin(kind: ObjectKind): PackBuilder {
    const { codec, randomBytes, storage, openBody } = this.#parts;
    const body = openBody?.() ?? new MemoryBody((name, parts) => storage.put('pack', name, parts), this.#slabs);
    const builder = new PackBuilder(kind, randomBytes(packSaltBytes), codec, body);
    this.#open.set(kind, builder);
    return builder;
  }

  /** Ends the open pack of a kind and stores it in the background. */
  #send(kind: ObjectKind): void {
    const builder = this.#open.get(kind);
    if (!builder) return;
    this.#open.delete(kind);
    const earlier = [...this.#leaving.values()];
    // What refers is stored after what it refers to, so that a tree found after a crash has everything below it.
    const before = kind === 'tree' ? Promise.all(earlier).then(this.#parts.beforeTrees) : earlier.at(-this.#packsInFlight);
    this.#leaving.set(builder, this.#store(builder, before));
  }

  /** Never rejects: a failure is kept for whoever calls next. */
  async #store(builder: PackBuilder, before: Promise<unknown> | undefined): Promise<void> {
    try {
      await before;
      if (this.#failure) return;
      const manifest = builder.finish();
      await builder.body.store(manifest.name);
      await this.#parts.announce(manifest);
    } catch (error) {
      this.fail(error);
    } finally {
      this.#leaving.delete(builder);
      builder.body.release();
    }
  }

  #builderOf(id: ObjectId, kind?: ObjectKind): PackBuilder | undefined {
    for (const builder of this.#open.values()) if (builder.kind === (kind ?? builder.kind) && builder.has(id)) return builder;
    for (const builder of this.#leaving.keys()) if (builder.kind === (kind ?? builder.kind) && builder.has(id)) return builder;
    return undefined;
  }
}

function textOf(id: ObjectId | Uint8Array): ObjectId {
  return typeof id === 'string' ? id : Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex');
}
