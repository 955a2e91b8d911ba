import type { ObjectId } from '../format/object-reference.ts';
import type { SnapshotRecord } from '../format/snapshot-record.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { FrameCache } from '../pack/frame-cache.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { readPackedObject } from '../pack/read-packed-object.ts';
import type { Storage } from '../storage/storage.ts';
import type { CheckFindings } from './check-findings.ts';
import type { CheckedPacks } from './check-packs.ts';
import { decodeSnapshotFile } from './snapshot-files.ts';
import { walkObjects } from './walk-objects.ts';

/** Frames of trees kept open, because trees below one another lie close together. */
const frameCacheBytes = 8_388_608;

/** Follows every snapshot to every object it needs, and charges what is lost to the files that lost it. */
export async function checkSnapshots(
  storage: Pick<Storage, 'get' | 'getRange' | 'list'>,
  envelope: FileEnvelope,
  codec: PackCodec,
  packs: CheckedPacks,
  findings: CheckFindings,
  signal?: AbortSignal,
): Promise<void> {
  const loadTree = createTreeLoader(storage, codec, packs, findings);
  for await (const { name } of storage.list('snapshot')) {
    const record = await findings.look('snapshot', name, async () => decodeSnapshotFile(await storage.get('snapshot', name), name, envelope));
    if (record) await checkSnapshot(record, loadTree, packs, findings, signal);
    else if (findings.has('snapshot', name)) findings.harm('snapshot', name, name);
  }
}

async function checkSnapshot(record: SnapshotRecord, loadTree: (id: ObjectId) => Promise<Uint8Array>, packs: CheckedPacks, findings: CheckFindings, signal?: AbortSignal): Promise<void> {
  for await (const { id, error } of walkObjects([record.rootId], loadTree, new Set(), signal && { signal })) {
    const copies = packs.copies.get(id) ?? [];
    if (!error && copies.some(({ intact }) => intact)) continue;
    const culprits = copies.length > 0 ? copies.map(({ pack }) => pack.name) : packs.unknownPacks;
    for (const packName of culprits) findings.harm('pack', packName, record.id);
    if (culprits.length > 0) continue;
    if (!findings.has('snapshot', record.id)) findings.add('error', 'snapshot', record.id, `it needs the object ${id}, which no pack holds`);
    findings.harm('snapshot', record.id, record.id);
  }
}

/** Reads trees from any intact copy; a copy found damaged is marked and reported once. Trees are kept, because snapshots share them. */
function createTreeLoader(storage: Pick<Storage, 'getRange'>, codec: PackCodec, packs: CheckedPacks, findings: CheckFindings): (id: ObjectId) => Promise<Uint8Array> {
  const loaded = new Map<ObjectId, Uint8Array>();
  const frames = new FrameCache(frameCacheBytes);
  return async (id) => {
    const known = loaded.get(id);
    if (known) return known;
    for (const copy of packs.copies.get(id) ?? []) {
      if (!copy.intact) continue;
      try {
        const bytes = await readPackedObject(storage, copy.pack, copy.object, codec, { frames });
        loaded.set(id, bytes);
        return bytes;
      } catch (error) {
        if (!SnapshotError.isInstance(error)) throw error;
        copy.intact = false;
        findings.add('error', 'pack', copy.pack.name, error.message);
      }
    }
    throw new SnapshotError('object/damaged', `no intact copy of the tree ${id} is stored`);
  };
}
