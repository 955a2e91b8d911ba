import { clearLeftovers } from './clear-leftovers.ts';
import { CopySet } from '../chunk-index/copy-set.ts';
import { ObjectSet } from '../chunk-index/object-set.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectKind } from '../format/object-reference.ts';
import type { PackDirectory } from '../format/pack-directory.ts';
import type { CondemnedPack, PruneEpoch } from '../format/prune-epoch.ts';
import { countLiveObjects, type CountedPack } from './count-live-objects.ts';
import { writePruneEpoch } from './epoch-files.ts';
import { findDamagedCopies } from './find-damaged-copies.ts';
import { planPrune } from './plan-prune.ts';
import type { PackVerdict, PruneOptions, PruneReport } from './prune-report.ts';
import { reloadIndex, type RepositoryState } from './repository-state.ts';
import { rewriteIndex } from './rewrite-index.ts';
import { listSnapshotFiles } from './snapshot-files.ts';
import { walkObjects } from './walk-objects.ts';

/** Whether a copy in a pack that is to go has to be copied. */
type IsToCopy = (packOrdinal: number, objectOrdinal: number, id: Uint8Array, kind: ObjectKind) => boolean;

const defaultGraceMs = 86_400_000;
const defaultRewriteAboveDeadShare = 0.5;

/**
 * Plans, then acts in an order in which a kill loses nothing: copies of trees → index → epoch → look for new snapshots →
 * index without the packs → packs. Data are copied last, when the deletion has made room. The caller holds the exclusive lease.
 */
export async function runPrune(state: RepositoryState, options: PruneOptions = {}): Promise<PruneReport> {
  const { storage, objects } = state;
  const graceMs = options.graceMs ?? defaultGraceMs;
  const before = await reloadIndex(state, options);
  objects.requireEveryDataKey();
  const condemnedAtMs = new Map(before.condemned.map((pack) => [pack.packName, pack.condemnedAtMs]));
  await objects.openEveryDirectory(condemnedAtMs.keys(), options);
  const needed = new ObjectSet(objects.index);
  const known = await collectNeeded(state, needed, new Set(), options);
  const nowMs = await storage.timeMs();
  const packs: readonly CountedPack[] = Array.from(objects.index.packs(), (pack) => ({ ...pack, ...withTime(condemnedAtMs.get(pack.name)) }));
  requireSnapshots(storage.description, known.size, packs.length, options);
  const rewriteAboveDeadShare = options.rewriteAboveDeadShare ?? defaultRewriteAboveDeadShare;
  const doubtful = await findDamagedCopies(state, needed.copies, (packName) => condemnedAtMs.has(packName), options);
  const settled = new ObjectSet(objects.index);
  const live = new CopySet();
  const counted = await countLiveObjects(
    { packs, directoryOf: (ordinal) => openDirectory(state, ordinal), needed: needed.copies, doubtful, settled, live },
    () => state.leases.renew(options),
  );
  const verdicts = planPrune({ packs: counted, nowMs, graceMs, rewriteAboveDeadShare });
  const toDelete = namesOf(verdicts, 'delete');
  const fileBytes = new Map(Array.from(objects.index.packs(), (pack) => [pack.name, pack.fileBytes]));
  const sumBytes = (names: readonly string[]) => names.reduce((sum, name) => sum + (fileBytes.get(name) ?? 0), 0);
  const report = (deleted: readonly string[], epoch: number): PruneReport => ({
    verdicts,
    epoch,
    deletedBytes: sumBytes(deleted),
    condemnedBytes: sumBytes(namesOf(verdicts, 'condemn', 'rewrite')),
  });
  if (options.dryRun) return report(toDelete, before.epoch);

  const rewrites = new Set(namesOf(verdicts, 'rewrite'));
  const treeRewrites = packs.filter(({ name, kind }) => kind === 'tree' && rewrites.has(name));
  const dataRewrites = packs.filter(({ name, kind }) => kind === 'data' && rewrites.has(name));
  // What a snapshot needs that came since has no pack it is live in.
  const isToCopy: IsToCopy = (ordinal, object, id, kind) => needed.copies.has(ordinal, object) && (live.has(ordinal, object) || !settled.has(id, kind));
  await copyLiving(state, treeRewrites, isToCopy, options);

  const waiting = new Set(dataRewrites.map(({ name }) => name));
  // Packs that are not in the index because nobody knows what is in them: they are a repair's business.
  const unknown = before.condemned.filter(({ packName }) => objects.index.findPack(packName) === undefined);
  const verdictsAgainst = verdicts.filter(({ action, packName }) => action !== 'keep' && action !== 'reprieve' && !waiting.has(packName));
  const condemned = [...await keepStored(state, unknown, options), ...verdictsAgainst.map(({ packName }) => ({ packName, condemnedAtMs: condemnedAtMs.get(packName) ?? nowMs }))];
  const changes = namesOf(verdicts, 'condemn', 'reprieve', 'delete').length + treeRewrites.length;
  await raiseEpoch(state, before.epoch + (changes > 0 ? 1 : 0), before, condemned, options);

  // A snapshot committed under a lease that this run did not see is found here, or finds the new epoch.
  await collectNeeded(state, needed, known, options);
  const isNeededStill = ({ ordinal, kind }: CountedPack) => {
    const directory = openDirectory(state, ordinal);
    for (let object = 0; object < directory.objectCount; object++) if (needed.copies.has(ordinal, object) && !objects.has(directory.idAt(object), kind)) return true;
    return false;
  };
  const deleted = packs.filter((pack) => toDelete.includes(pack.name) && !isNeededStill(pack)).map(({ name }) => name);
  await deletePacks(state, deleted, options);
  await clearLeftovers(storage, graceMs, options);

  if (dataRewrites.length > 0) {
    const copied = await copyLiving(state, dataRewrites, isToCopy, options);
    const left = condemned.filter(({ packName }) => !deleted.includes(packName));
    const rewritten = copied.map((packName) => ({ packName, condemnedAtMs: nowMs }));
    if (rewritten.length > 0) await raiseEpoch(state, state.epoch + 1, before, [...left, ...rewritten], options);
  }
  return report(deleted, state.epoch);
}

/** Where not one snapshot needs anything, everything would go: then whoever calls has to say that the records did not just go missing. */
function requireSnapshots(where: string, snapshotCount: number, packCount: number, { allowEmpty = false, dryRun = false }: PruneOptions): void {
  if (snapshotCount > 0 || packCount === 0 || allowEmpty || dryRun) return;
  throw new SnapshotError('repository/no-snapshots', `prune stopped: ${where} holds packs (${packCount}) and not one snapshot, so all of them would go. If there should be snapshots, make sure that the storage is mounted and copied whole, snapshots/ among it; `
    + 'if a first snapshot was cut short, take it again, and it uses what is there; if all were forgotten on purpose, repeat the prune with allowEmpty: true (--allow-empty)');
}

function withTime(condemnedAtMs: number | undefined): { condemnedAtMs?: number } {
  return condemnedAtMs === undefined ? {} : { condemnedAtMs };
}

async function keepStored({ storage }: RepositoryState, packs: readonly CondemnedPack[], options?: PruneOptions): Promise<readonly CondemnedPack[]> {
  const stored: CondemnedPack[] = [];
  for (const pack of packs) if (await storage.stat('pack', pack.packName, options)) stored.push(pack);
  return stored;
}

/** The directory of a pack in the index. All could be read a moment ago. */
function openDirectory({ objects, storage }: RepositoryState, ordinal: number): PackDirectory {
  const pack = objects.index.openPack(ordinal);
  if (!pack) throw new SnapshotError('storage/failed', `prune stopped: the directory of a pack in ${storage.description} cannot be read any more; run prune again`);
  return pack.directory;
}

/**
 * Copies what is live in packs that are to go, and makes the copies durable: copies of what is live elsewhere would be dead again. A pack with
 * a damaged object that is needed stays.
 *
 * @returns the names of the packs that can go
 */
async function copyLiving(state: RepositoryState, packs: readonly CountedPack[], isToCopy: IsToCopy, options?: PruneOptions): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const pack of packs) {
    try {
      const directory = openDirectory(state, pack.ordinal);
      for (let object = 0; object < directory.objectCount; object++)
        if (isToCopy(pack.ordinal, object, directory.idAt(object), pack.kind)) await state.objects.copy(directory.object(object).id, pack.kind, options);
      copied.push(pack.name);
    } catch (error) {
      if (pack.kind === 'tree' || !SnapshotError.isInstance(error) || error.code !== 'object/damaged') throw error;
    }
    await state.leases.renew(options);
  }
  await state.objects.flush(options);
  return copied;
}

/** Makes an epoch the current one; one that is not higher than what was read is only taken over. */
async function raiseEpoch(state: RepositoryState, epoch: number, before: PruneEpoch, condemned: readonly CondemnedPack[], options?: PruneOptions): Promise<void> {
  if (epoch > before.epoch) {
    await writePruneEpoch(state.storage, state.envelope, { epoch, condemned }, options);
    state.objects.index.setCondemned(condemned.map(({ packName }) => packName));
  }
  state.epoch = epoch;
}

/** Adds what the snapshots not in `known` need. Refuses to go on when a snapshot cannot be followed: what it needs is unknown. */
async function collectNeeded(state: RepositoryState, needed: ObjectSet, known: ReadonlySet<string>, options?: PruneOptions): Promise<ReadonlySet<string>> {
  const { snapshots, damaged } = await listSnapshotFiles(state.storage, state.envelope, options);
  const [broken] = damaged;
  if (broken) throw new SnapshotError('format/damaged', `prune stopped: what the snapshot ${broken.id} needs is unknown (${broken.reason}). Run check, then forget it`);
  const roots = snapshots.filter(({ id }) => !known.has(id)).map(({ rootId }) => rootId);
  for await (const { id, error } of walkObjects(roots, (id, call) => state.objects.load(id, call), needed, options)) {
    if (error) throw new SnapshotError(error.code, `prune stopped: what the tree ${id} needs is unknown (${error.message}). Run check, then forget the damaged snapshots`, { cause: error });
    await state.leases.renew(options);
  }
  return new Set(snapshots.map(({ id }) => id));
}

async function deletePacks(state: RepositoryState, packNames: readonly string[], options?: PruneOptions): Promise<void> {
  if (packNames.length === 0) return;
  await state.leases.renew(options);
  await rewriteIndex(state, new Set(packNames), options);
  for (const name of packNames) {
    await state.leases.renew(options);
    await state.storage.delete('pack', name, options);
  }
  await reloadIndex(state, options);
}

function namesOf(verdicts: readonly PackVerdict[], ...actions: readonly PackVerdict['action'][]): string[] {
  return verdicts.filter(({ action }) => actions.includes(action)).map(({ packName }) => packName);
}
