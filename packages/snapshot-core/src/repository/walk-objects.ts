import type { MetObjects } from '../chunk-index/object-set.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind, ObjectReference } from '../format/object-reference.ts';
import { decodeTreeObject } from '../format/tree-object.ts';
import type { CallOptions } from './call-options.ts';

/** An object on the way from a root, and what went wrong when it was opened. */
export interface WalkedObject {
  readonly id: ObjectId;
  readonly kind: ObjectKind;
  /** Set when a tree could not be loaded or decoded; what is below it is unknown then. */
  readonly error?: SnapshotError;
}

/**
 * Yields every object reachable from the roots once, parents before children. Data objects are named, not read.
 *
 * @param seen objects walked already; extended by the walk
 */
export async function* walkObjects(
  rootIds: Iterable<ObjectId>,
  load: (id: ObjectId, options?: CallOptions) => Promise<Uint8Array>,
  seen: Pick<MetObjects, 'add'>,
  options?: CallOptions,
): AsyncGenerator<WalkedObject> {
  const waiting: Pick<ObjectReference, 'id' | 'kind'>[] = Array.from(rootIds, (id) => ({ id, kind: 'tree' }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    options?.signal?.throwIfAborted();
    const { id, kind } = next;
    if (!seen.add(id, kind)) continue;
    if (kind === 'data') {
      yield { id, kind };
      continue;
    }
    try {
      waiting.push(...decodeTreeObject(await load(id, options)).references.toReversed());
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      yield { id, kind, error };
      continue;
    }
    yield { id, kind };
  }
}
