import type { ObjectIndexView } from '../chunk-index/object-index-view.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId } from '../format/object-reference.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { Storage, StorageCallOptions } from '../storage/storage.ts';

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

  /** Where the last object lay. */
  #lastPack = -1;
  #lastFrame = -1;

  constructor(parts: ObjectReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads an object from the first copy that is intact; packs in which it meets damage are distrusted from then on. The caller owns
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
        if (error.code === 'object/damaged') index.distrust(pack.ordinal);
        // Damage says more than absence: keep the first thing worth reporting, and try the next copy.
        if (error.code !== 'storage/not-found') failure ??= error;
      }
    }
    throw failure ?? new SnapshotError('object/missing', `no pack in ${storage.description} holds the object ${id}; run check to see which snapshots need it`);
  }

  /** Whether objects are being read in the order in which they were stored, so that the rest of the frame is wanted too. */
  #isNextTo(pack: number, frame: number): boolean {
    const isNext = pack === this.#lastPack && (frame === this.#lastFrame || frame === this.#lastFrame + 1);
    this.#lastPack = pack;
    this.#lastFrame = frame;
    return isNext;
  }
}
