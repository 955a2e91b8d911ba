import { readIndexFiles, writeIndexFile } from '../chunk-index/index-files.ts';
import { copyKey } from '../chunk-index/object-index.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import type { CondemnedPack, PruneEpoch } from '../format/prune-epoch.ts';
import { writePruneEpoch } from './epoch-files.ts';
import { findDamagedCopies } from './find-damaged-copies.ts';
import { planPrune, type PrunablePack, type PrunePlanInput } from './plan-prune.ts';
import type { PackVerdict, PruneOptions, PruneReport } from './prune-report.ts';
import { reloadIndex, type RepositoryState } from './repository-state.ts';
import { listSnapshotFiles } from './snapshot-files.ts';
import { objectKey, walkObjects } from './walk-objects.ts';

const defaultGraceMs = 86_400_000;
const defaultRewriteAboveDeadShare = 0.5;
/** Packs per index file when the index is written anew. */
const packsPerIndexFile = 512;

/**
 * Plans, then acts in an order in which a kill loses nothing: copies of trees → index → epoch → look for new snapshots →
 * index without the packs → packs. Data are copied last, when the deletion has made room. The caller holds the exclusive lease.
 */
export async function runPrune(state: RepositoryState, options: PruneOptions = {}): Promise<PruneReport> {
  const { storage, objects } = state;
  const graceMs = options.graceMs ?? defaultGraceMs;
  const before = await reloadIndex(state, options);
  const needed = new Set<string>();
  const known = await collectNeeded(state, needed, new Set(), options);
  const nowMs = await storage.timeMs();
  const condemnedAtMs = new Map(before.condemned.map((pack) => [pack.packName, pack.condemnedAtMs]));
  const packs = objects.index.packs.map((pack) => toPrunable(pack, condemnedAtMs.get(pack.name)));
  const rewriteAboveDeadShare = options.rewriteAboveDeadShare ?? defaultRewriteAboveDeadShare;
  const isNeeded: PrunePlanInput['isNeeded'] = (id, kind) => needed.has(objectKey(id, kind));
  const damaged = await findDamagedCopies(state, isNeeded, (packName) => condemnedAtMs.has(packName), options);
  const verdicts = planPrune({ packs, isNeeded, isDamaged: (packName, id) => damaged.has(copyKey(packName, id)), nowMs, graceMs, rewriteAboveDeadShare });
  const toDelete = namesOf(verdicts, 'delete');
  const fileBytes = new Map(objects.index.packs.map((pack) => [pack.name, pack.fileBytes]));
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
  await copyLiving(state, treeRewrites, needed, options);

  const waiting = new Set(dataRewrites.map(({ name }) => name));
  const condemned = verdicts
    .filter(({ action, packName }) => action !== 'keep' && action !== 'reprieve' && !waiting.has(packName))
    .map(({ packName }) => ({ packName, condemnedAtMs: condemnedAtMs.get(packName) ?? nowMs }));
  const changes = namesOf(verdicts, 'condemn', 'reprieve', 'delete').length + treeRewrites.length;
  await raiseEpoch(state, before.epoch + (changes > 0 ? 1 : 0), before, condemned, options);

  // A snapshot committed under a lease that this run did not see is found here, or finds the new epoch.
  await collectNeeded(state, needed, known, options);
  const isNeededStill = ({ kind, objects: held }: PrunablePack) => held.some(({ id }) => needed.has(objectKey(id, kind)) && !objects.has(id, kind));
  const deleted = packs.filter((pack) => toDelete.includes(pack.name) && !isNeededStill(pack)).map(({ name }) => name);
  await deletePacks(state, deleted, options);
  await storage.deleteLeftovers(graceMs, options);

  if (dataRewrites.length > 0) {
    const copied = await copyLiving(state, dataRewrites, needed, options);
    const left = condemned.filter(({ packName }) => !deleted.includes(packName));
    const rewritten = copied.map((packName) => ({ packName, condemnedAtMs: nowMs }));
    if (rewritten.length > 0) await raiseEpoch(state, state.epoch + 1, before, [...left, ...rewritten], options);
  }
  return report(deleted, state.epoch);
}

function toPrunable({ name, kind, directory }: PackManifest, condemnedAtMs: number | undefined): PrunablePack {
  return { name, kind, objects: [...directory.objects()], ...(condemnedAtMs !== undefined && { condemnedAtMs }) };
}

/**
 * Copies what is needed out of packs that are to go, and makes the copies durable. A pack with a damaged object that is needed stays.
 *
 * @returns the names of the packs that can go
 */
async function copyLiving(state: RepositoryState, packs: readonly PrunablePack[], needed: ReadonlySet<string>, options?: PruneOptions): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const pack of packs) {
    try {
      for (const { id } of pack.objects) if (needed.has(objectKey(id, pack.kind))) await state.objects.copy(id, pack.kind, options);
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
async function collectNeeded(state: RepositoryState, needed: Set<string>, known: ReadonlySet<string>, options?: PruneOptions): Promise<ReadonlySet<string>> {
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
  const { storage, envelope, objects, leases } = state;
  const oldNames: string[] = [];
  for await (const { name } of readIndexFiles(storage, envelope, objects.codec, options)) oldNames.push(name);
  const gone = new Set(packNames);
  const left = objects.index.packs.filter(({ name }) => !gone.has(name));
  const newNames = new Set<string>();
  for (let at = 0; at < left.length; at += packsPerIndexFile)
    newNames.add(await writeIndexFile(storage, envelope, left.slice(at, at + packsPerIndexFile), objects.codec, options));
  for (const name of oldNames) if (!newNames.has(name)) await storage.delete('index', name, options);
  for (const name of packNames) {
    await leases.renew(options);
    await storage.delete('pack', name, options);
  }
  await reloadIndex(state, options);
}

function namesOf(verdicts: readonly PackVerdict[], ...actions: readonly PackVerdict['action'][]): string[] {
  return verdicts.filter(({ action }) => actions.includes(action)).map(({ packName }) => packName);
}
