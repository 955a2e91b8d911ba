import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { CallOptions } from './call-options.ts';
import { copyKey } from '../chunk-index/object-index.ts';
import type { RepositoryState } from './repository-state.ts';
import { objectKey } from './walk-objects.ts';

/** Packs are read in order, so two frames that small and large objects alternate in would do. */
const frameCacheBytes = 4_194_304;

/**
 * Reads the copies that a prune is going to rely on: those of needed objects with several copies, before all but one go, and those
 * in condemned packs, before they are trusted again. Answers with the ones that are not intact, by `copyKey`.
 *
 * The rest is not read: with one copy there is nothing to choose.
 */
export async function findDamagedCopies(
  { storage, objects, leases }: RepositoryState, isNeeded: (id: ObjectId, kind: ObjectKind) => boolean, isCondemned: (packName: string) => boolean, options?: CallOptions,
): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  for (const { kind, directory } of objects.index.packs)
    for (const { id } of directory.objects()) counts.set(objectKey(id, kind), (counts.get(objectKey(id, kind)) ?? 0) + 1);
  const frames = new FrameCache(frameCacheBytes);
  const damaged = new Set<string>();
  for (const pack of objects.index.packs) {
    const { name, kind, directory } = pack;
    for (const object of directory.objects()) {
      if (!isNeeded(object.id, kind) || (!isCondemned(name) && (counts.get(objectKey(object.id, kind)) ?? 0) < 2)) continue;
      try {
        await readPackedObject(storage, pack, object, objects.codec, { ...options, frames });
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        damaged.add(copyKey(name, object.id));
      }
    }
    await leases.renew(options);
  }
  return damaged;
}
