import { CopySet } from '../chunk-index/copy-set.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { CallOptions } from './call-options.ts';
import type { RepositoryState } from './repository-state.ts';

/** Packs are read in order, so two frames that small and large objects alternate in would do. */
const frameCacheBytes = 4_194_304;

/** Copies that are not to be relied on. */
export interface DoubtfulCopies {
  readonly damaged: CopySet;
  /** Could not be read: they may be intact, which is more than those that are damaged. */
  readonly unread: CopySet;
}

/**
 * Reads the copies that a prune is going to rely on: those of needed objects with several copies, before all but one go, and those
 * in condemned packs, before they are trusted again. Answers with the ones that are not intact.
 *
 * The rest is not read: with one copy there is nothing to choose.
 */
export async function findDamagedCopies(
  { storage, objects, leases }: RepositoryState, needed: CopySet, isCondemned: (packName: string) => boolean, options?: CallOptions,
): Promise<DoubtfulCopies> {
  const frames = new FrameCache(frameCacheBytes);
  const damaged = new CopySet();
  const unread = new CopySet();
  for (const { ordinal, name, kind } of objects.index.packs()) {
    const pack = objects.index.openPack(ordinal);
    for (let object = 0; pack && object < pack.directory.objectCount; object++) {
      if (!needed.has(ordinal, object)) continue;
      let copyCount = 0;
      if (!isCondemned(name)) objects.index.visitCopies(pack.directory.idAt(object), (other) => other.kind === kind && ++copyCount === 2);
      if (copyCount === 1) continue;
      try {
        await readPackedObject(storage, pack, pack.directory.object(object), objects.codec, { ...options, frames });
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        (error.code === 'object/damaged' ? damaged : unread).add(ordinal, object, pack.directory.objectCount);
      }
    }
    await leases.renew(options);
  }
  return { damaged, unread };
}
