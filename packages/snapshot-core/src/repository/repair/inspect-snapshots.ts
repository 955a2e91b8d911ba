import type { CopySet } from '../../chunk-index/copy-set.ts';
import { ObjectSet } from '../../chunk-index/object-set.ts';
import type { ObjectId, ObjectKind } from '../../format/object-reference.ts';
import type { SnapshotRecord } from '../../format/snapshot-record.ts';
import type { CallOptions } from '../call-options.ts';
import type { RepositoryState } from '../repository-state.ts';
import { walkObjects } from '../walk-objects.ts';
import { isLostObject } from './is-lost-object.ts';
import type { DamagedSnapshot } from './repair-facts.ts';
import { TreeRepair } from './repair-tree.ts';
import { repairedSnapshotId } from './repaired-snapshot-id.ts';
import { requireReadableDirectories } from './require-readable-directories.ts';

/** An intact object that snapshots need, and no pack that may be relied on holds. */
export interface EndangeredObject {
  readonly id: ObjectId;
  readonly kind: ObjectKind;
  readonly lengthBytes: number;
  /** Where an intact copy lies. */
  readonly packName: string;
}

/** What following all snapshots has shown. */
export interface InspectedSnapshots {
  readonly snapshots: readonly DamagedSnapshot[];
  readonly endangered: readonly EndangeredObject[];
  readonly isLostData: (id: ObjectId) => boolean;
}

/**
 * Follows every snapshot to every object it needs. The packs have been inspected, so whatever may be relied on is intact.
 *
 * @param damaged copies that are not intact
 * @throws {SnapshotError} `storage/failed`
 */
export async function inspectSnapshots(state: RepositoryState, records: readonly SnapshotRecord[], damaged: CopySet, options?: CallOptions): Promise<InspectedSnapshots> {
  const { objects, leases } = state;
  const { index, codec } = objects;
  /** What whole snapshots are made of. */
  const sound = new ObjectSet(index);
  const lostData = new Set<ObjectId>();
  const endangered = new Map<string, EndangeredObject>();
  const load = (id: ObjectId) => objects.load(id, options);
  const harmed: { readonly record: SnapshotRecord; readonly problem: string }[] = [];

  function findIntact(id: ObjectId, kind: ObjectKind): EndangeredObject | undefined {
    const copy = index.copiesOf(id).find(({ pack, object }) => pack.kind === kind && !damaged.has(pack.ordinal, object.ordinal));
    return copy && { id, kind, lengthBytes: copy.object.lengthBytes, packName: copy.pack.name };
  }

  for (const record of records) {
    const seen = new ObjectSet(index);
    let lostCount = 0;
    let first = '';
    for await (const { id, kind, error } of walkObjects([record.rootId], load, { add: (object, of) => !sound.has(object, of) && seen.add(object, of) }, options)) {
      await leases.renew(options);
      if (error && !isLostObject(error)) throw error;
      if (!error && objects.has(id, kind)) continue;
      const intact = error ? undefined : findIntact(id, kind);
      if (intact) endangered.set(`${kind} ${id}`, intact);
      else {
        lostCount++;
        first ||= `${kind} ${id}`;
        if (kind === 'data') lostData.add(id);
      }
    }
    if (lostCount > 0) harmed.push({ record, problem: `it needs ${lostCount} objects of which no intact copy is left, first the ${first}` });
    else sound.addAll(seen);
  }

  const isLostData = (id: ObjectId) => lostData.has(id);
  const trees = new TreeRepair({ load, isLostData, save: async (bytes) => codec.identity.identify(bytes) });
  const snapshots: DamagedSnapshot[] = [];
  for (const { record: { id, rootId, source }, problem } of harmed) {
    const repaired = source.kind === 'tree' ? await trees.repair(rootId) : undefined;
    if (!repaired) snapshots.push({ id, problem: `${problem}${source.kind === 'image' ? '; an image with a hole is of no use' : '; its root is lost'}` });
    else snapshots.push({ id, problem, repaired: { newId: repairedSnapshotId(codec, id, repaired.rootId), lostFiles: repaired.lostFiles, lostPages: repaired.lostPages } });
  }
  requireReadableDirectories(state);
  return { snapshots, endangered: [...endangered.values()], isLostData };
}
