import { ObjectSet } from '../chunk-index/object-set.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { SnapshotDraft, SnapshotRecord } from '../format/snapshot-record.ts';
import type { CallOptions } from './call-options.ts';
import { readPruneEpoch } from './epoch-files.ts';
import { reloadIndex, type RepositoryState } from './repository-state.ts';
import { writeSnapshotFile } from './snapshot-files.ts';
import { walkObjects } from './walk-objects.ts';

const snapshotIdBytes = 16;

/**
 * Packs, then index, then record.
 *
 * The epoch is read again before and after the record is written, and prune looks for new records after it raised the
 * epoch: whichever comes first, one of the two sees the other.
 */
export async function commitSnapshot(state: RepositoryState, draft: SnapshotDraft, options?: CallOptions): Promise<SnapshotRecord> {
  return commitUnderId(state, draft, () => Buffer.from(state.randomBytes(snapshotIdBytes)).toString('hex'), options);
}

/** The same with an id of the caller's choice, asked for when everything else is durable. @throws {SnapshotError} also `storage/exists` */
export async function commitUnderId(state: RepositoryState, draft: SnapshotDraft, chooseId: () => string, options?: CallOptions): Promise<SnapshotRecord> {
  const { storage, envelope, objects } = state;
  if (!objects.has(draft.rootId, 'tree'))
    throw new SnapshotError('object/missing', `the snapshot's root ${draft.rootId} was not saved as a tree; save it first`);
  await objects.flush(options);
  await followEpoch(state, draft.rootId, options);
  const record: SnapshotRecord = { ...draft, id: chooseId(), pruneEpoch: state.epoch };
  await writeSnapshotFile(storage, envelope, record, options);
  try {
    await followEpoch(state, draft.rootId);
  } catch (error) {
    await storage.delete('snapshot', record.id);
    throw error;
  }
  if (state.leases.heldCount <= 1) objects.noteCommit();
  return record;
}

/** Until the epoch stands still: makes sure that nothing below the root lies in condemned packs only. */
async function followEpoch(state: RepositoryState, rootId: ObjectId, options?: CallOptions): Promise<void> {
  while ((await readPruneEpoch(state.storage, state.envelope, options)).epoch !== state.epoch) {
    const { epoch } = await reloadIndex(state, options);
    await rescueObjects(state, rootId, options);
    state.epoch = epoch;
  }
}

/** Copies what lies in condemned packs only to new ones. */
async function rescueObjects(state: RepositoryState, rootId: ObjectId, options?: CallOptions): Promise<void> {
  const { objects } = state;
  const endangered: { id: ObjectId; kind: ObjectKind }[] = [];
  for await (const { id, kind, error } of walkObjects([rootId], (id, call) => objects.load(id, call), new ObjectSet(objects.index), options)) {
    if (error) throw new SnapshotError('repository/pruned', `${id}, which the snapshot needs, was pruned or damaged meanwhile; take the snapshot again`, { cause: error });
    if (!objects.has(id, kind)) endangered.push({ id, kind });
  }
  for (const { id, kind } of endangered) {
    try {
      await objects.copy(id, kind, options);
    } catch (error) {
      if (!SnapshotError.isInstance(error) || !['object/missing', 'object/damaged'].includes(error.code)) throw error;
      throw new SnapshotError('repository/pruned', `${id}, which the snapshot needs, was pruned or damaged meanwhile; take the snapshot again`, { cause: error });
    }
  }
  await objects.flush(options);
}
