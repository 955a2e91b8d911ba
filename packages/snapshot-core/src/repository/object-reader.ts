import type { ObjectIndexView } from '../chunk-index/object-index-view.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId } from '../format/object-reference.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';
import { isLostCopy } from './is-lost-copy.ts';

/** What a reader takes from outside. */
export interface ObjectReaderParts {
  readonly storage: Pick<Storage, 'getRange' | 'description'>;
  readonly codec: PackCodec;
  readonly index: ObjectIndexView;
}

/** Opened frames kept for their other objects. */
const frameCacheBytes = 8_388_608;

/** Loads stored objects; what it returns always matches its id. Any thread may have one. */
export class ObjectReader {
  readonly #parts: ObjectReaderParts;
  readonly #frames = new FrameCache(frameCacheBytes);

  /** The frame in which the last object lay, by pack. */
  readonly #lastFrames = new Map<number, number>();

  constructor(parts: ObjectReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads an object from the first copy that is intact; packs in which a copy is lost are distrusted from then on, by all threads. The caller owns
   * the bytes.
   *
   * @throws {SnapshotError} `object/missing`, `object/damaged`, `storage/failed`
   */
  async load(id: ObjectId, options?: StorageCallOptions): Promise<Uint8Array> {
    const { storage, codec, index } = this.#parts;
    options?.signal?.throwIfAborted();
    let failure: SnapshotError | undefined;
    for (const { pack, object } of index.copiesOf(id)) {
      try {
        return await readPackedObject(storage, pack, object, codec, { ...options, frames: this.#frames, wholeFrames: pack.kind === 'tree' || this.#isNextTo(pack.ordinal, object.frame.ordinal) });
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        if (isLostCopy(error)) index.distrust(pack.ordinal);
        // Damage says more than absence: keep the first thing worth reporting, and try the next copy.
        if (error.code !== 'storage/not-found') failure ??= error;
      }
    }
    throw failure ?? new SnapshotError('object/missing', `no pack in ${storage.description} holds the object ${id}; run check to see which snapshots need it`);
  }

  /** Whether objects of a pack are being read in the order in which they were stored, so that the rest of the frame is wanted too. */
  #isNextTo(pack: number, frame: number): boolean {
    const last = this.#lastFrames.get(pack);
    this.#lastFrames.set(pack, frame);
    return last !== undefined && (frame === last || frame === last + 1);
  }
}
