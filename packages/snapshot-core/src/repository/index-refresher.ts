import { readIndexFiles } from '../chunk-index/index-files.ts';
import type { ObjectIndex } from '../chunk-index/object-index.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackManifest } from '../pack/read-pack.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

/** What a refresher takes from outside. */
export interface IndexRefresherParts {
  readonly storage: Storage;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  readonly index: ObjectIndex;
}

/** What a refresh has met besides the packs that are in the index now. */
export interface RefreshedIndex {
  /** Packs that no index file lists, as a killed process leaves them. */
  readonly unlisted: readonly PackManifest[];
  /** `repository/key-outdated` when packs were met, or are listed, whose data key is not held. They are not in the index. */
  readonly outdated: SnapshotError | undefined;
}

/** Brings an index up to what is stored. Index files never change, so each is read once unless a directory is missing. */
export class IndexRefresher {
  readonly #parts: IndexRefresherParts;
  /** Index files whose packs are all in the index, or were. */
  readonly #known = new Set<string>();

  constructor(parts: IndexRefresherParts) {
    this.#parts = parts;
  }

  /**
   * Adds packs that are new, and takes those out that are gone. Packs of another length than they should have are not relied on. Packs
   * whose own directory cannot be read get the one that an index file has.
   */
  async refresh(options?: StorageCallOptions): Promise<RefreshedIndex> {
    const { storage, codec, index } = this.#parts;
    // What is added from now on is newer than the list of files.
    const { packCount } = index;
    const files = new Map<string, number>();
    for await (const { name, sizeBytes } of storage.list('pack', options)) files.set(name, sizeBytes);
    let outdated = await this.#readIndexFiles(files, options);
    const unlisted: PackManifest[] = [];
    for (const [name, sizeBytes] of files) {
      if (index.findPack(name) !== undefined) continue;
      const pack = await readPackManifest(storage, { name, sizeBytes }, codec, options).catch((error: unknown) => {
        if (!isOutdated(error)) return ignoreDamage(error);
        outdated ??= new SnapshotError(error.code, `${error.message} (${storage.description}, pack ${name})`);
        return undefined;
      });
      if (pack && index.findPack(name) === undefined) unlisted.push(pack);
      if (pack) index.addPack(pack);
    }
    for (const { ordinal, name, fileBytes } of index.packs()) {
      const sizeBytes = files.get(name);
      if (sizeBytes === undefined && ordinal < packCount) index.removePack(ordinal);
      else if (sizeBytes !== undefined && sizeBytes !== fileBytes) index.distrust(ordinal);
    }
    return { unlisted, outdated };
  }

  /** @returns why the first of those that list a pack under a data key that is not held could not be read */
  async #readIndexFiles(files: ReadonlyMap<string, number>, options?: StorageCallOptions): Promise<SnapshotError | undefined> {
    const { storage, envelope, codec, index } = this.#parts;
    let outdated: SnapshotError | undefined;
    const unreadable = new Set(index.unreadablePacks.map(({ name }) => name));
    for await (const file of readIndexFiles(storage, envelope, codec, { ...options, ...(unreadable.size === 0 && { except: this.#known }) })) {
      if ('error' in file) {
        if (isOutdated(file.error)) outdated ??= file.error;
        continue;
      }
      for (const pack of file.packs) {
        const sizeBytes = files.get(pack.name);
        if (sizeBytes === undefined) continue;
        const isNew = index.findPack(pack.name) === undefined;
        const ordinal = index.addPack(pack);
        if (sizeBytes !== pack.fileBytes) index.distrust(ordinal);
        if (unreadable.has(pack.name) || (isNew && sizeBytes !== pack.fileBytes)) index.lendDirectory(ordinal, pack);
      }
      // A pack that is not in the list of files may only be too new for it.
      if (file.packs.every(({ name }) => files.has(name))) this.#known.add(file.name);
    }
    return outdated;
  }
}

function isOutdated(error: unknown): error is SnapshotError {
  return SnapshotError.isInstance(error) && error.code === 'repository/key-outdated';
}

function ignoreDamage(error: unknown): undefined {
  if (SnapshotError.isInstance(error) && ['format/damaged', 'storage/not-found', 'storage/failed'].includes(error.code)) return undefined;
  throw error;
}
