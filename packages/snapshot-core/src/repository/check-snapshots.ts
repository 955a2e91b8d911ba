import type { IndexedObject } from '../chunk-index/object-index-view.ts';
import { ObjectSet } from '../chunk-index/object-set.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId } from '../format/object-reference.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import type { SnapshotRecord } from '../format/snapshot-record.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { FileKind, Storage } from '../storage/storage.ts';
import type { CheckFindings } from './check-findings.ts';
import type { CheckedPacks } from './check-packs.ts';
import { isReadFailure } from './is-read-failure.ts';
import { decodeSnapshotFile } from './snapshot-files.ts';
import { walkObjects } from './walk-objects.ts';

/** Frames of trees kept open, because trees below one another lie close together. */
const frameCacheBytes = 8_388_608;

/** What following snapshots takes. */
export interface CheckSnapshotsInput {
  readonly storage: Pick<Storage, 'get' | 'getRange' | 'list'>;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  readonly packs: CheckedPacks;
  readonly findings: CheckFindings;
  readonly signal?: AbortSignal | undefined;
  /** Keeps the lease, where it is time to. */
  readonly renewLease: () => Promise<void>;
}

/** Follows every snapshot to every object it needs, and charges what is lost to the files that lost it. */
export async function checkSnapshots(input: CheckSnapshotsInput): Promise<void> {
  const { storage, envelope, packs, findings } = input;
  const loadTree = createTreeLoader(input);
  /** What whole snapshots are made of: it need not be looked at again. */
  const sound = new ObjectSet(packs.index);
  for await (const { name } of storage.list('snapshot')) {
    const record = await findings.look('snapshot', name, async () => decodeSnapshotFile(await storage.get('snapshot', name), name, envelope));
    if (record) await checkSnapshot(record, loadTree, sound, input);
    else if (findings.has('snapshot', name)) findings.blame('snapshot', [name], name);
  }
}

async function checkSnapshot(
  record: SnapshotRecord, loadTree: (id: ObjectId) => Promise<Uint8Array>, sound: ObjectSet, { packs, findings, signal, renewLease }: CheckSnapshotsInput,
): Promise<void> {
  const seen = new ObjectSet(packs.index);
  const seenHere: Pick<ObjectSet, 'add'> = { add: (id, kind) => !sound.has(id, kind) && seen.add(id, kind) };
  let isSound = true;
  for await (const { id, error } of walkObjects([record.rootId], loadTree, seenHere, signal && { signal })) {
    await renewLease();
    if (!error && packs.index.visitCopies(id, (pack, object) => !packs.damaged.has(pack.ordinal, object) && !packs.unread.has(pack.ordinal, object))) continue;
    isSound = false;
    const copies = packs.index.copiesOf(id);
    const open = openQuestions(copies, packs, findings);
    for (const { kind, name } of open) findings.doubt(kind, name, record.id);
    if (open.length > 0) continue;
    const culprits = copies.length > 0 ? copies.map(({ pack }) => pack.name) : packs.unknownPacks;
    for (const packName of culprits) findings.harm('pack', packName, record.id);
    if (culprits.length > 0) continue;
    if (!findings.has('snapshot', record.id)) findings.add('error', 'snapshot', record.id, `it needs the object ${id}, which no pack holds`);
    findings.harm('snapshot', record.id, record.id);
  }
  if (isSound) sound.addAll(seen);
}

/** Files that could not be read, and may hold an intact copy of an object or say where there is one: while there are any, it is not lost. */
function openQuestions(copies: readonly IndexedObject[], { index, unread, unknownPacks, unreadIndexFiles }: CheckedPacks, findings: CheckFindings): readonly { kind: FileKind; name: string }[] {
  for (const { name } of index.unreadablePacks) if (!findings.has('pack', name)) findings.add('unread', 'pack', name, 'its directory could be read at first, and now it cannot');
  const holding = copies.filter(({ pack, object }) => unread.has(pack.ordinal, object.ordinal)).map(({ pack }) => pack.name);
  const silent = [...unknownPacks, ...index.unreadablePacks.map(({ name }) => name)].filter((name) => findings.isUnread('pack', name));
  const packs = [...holding, ...silent].map((name) => ({ kind: 'pack' as const, name }));
  return unknownPacks.length === 0 ? packs : [...packs, ...unreadIndexFiles.map((name) => ({ kind: 'index' as const, name }))];
}

/** Reads trees from any intact copy; a copy found damaged, or that cannot be read, is marked and reported once. */
function createTreeLoader({ storage, codec, packs, findings }: CheckSnapshotsInput): (id: ObjectId) => Promise<Uint8Array> {
  const frames = new FrameCache(frameCacheBytes);
  return async (id) => {
    for (const { pack, object } of packs.index.copiesOf(id)) {
      if (packs.damaged.has(pack.ordinal, object.ordinal) || packs.unread.has(pack.ordinal, object.ordinal)) continue;
      try {
        return await readPackedObject(storage, pack, object, codec, { frames });
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        (isReadFailure(error) ? packs.unread : packs.damaged).add(pack.ordinal, object.ordinal, pack.directory.objectCount);
        findings.addError('pack', pack.name, error);
      }
    }
    throw new SnapshotError('object/damaged', `no intact copy of the tree ${id} is stored`);
  };
}
