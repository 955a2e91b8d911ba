import { readIndexFiles, writeIndexFile } from '../chunk-index/index-files.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CondemnedPack } from '../format/prune-epoch.ts';
import { writePruneEpoch } from './epoch-files.ts';
import { planPrune, type PrunablePack } from './plan-prune.ts';
import type { PackVerdict, PruneOptions, PruneReport } from './prune-report.ts';
import { reloadIndex, type RepositoryState } from './repository-state.ts';
import { listSnapshotFiles } from './snapshot-files.ts';
import { objectKey, walkObjects } from './walk-objects.ts';

const defaultGraceMs = 86_400_000;
const defaultRewriteAboveDeadShare = 0.5;
/** Packs per index file when the index is written anew. */
const packsPerIndexFile = 512;

/**
 * Plans, then acts in an order in which a kill loses nothing: copies → index → epoch → look for new snapshots → index
 * without the packs → packs. The caller holds the exclusive lease.
 */
export async function runPrune(state: RepositoryState, options: PruneOptions = {}): Promise<PruneReport> {
  const { storage, config, objects } = state;
  const graceMs = options.graceMs ?? defaultGraceMs;
  const before = await reloadIndex(state, options);
  const needed = new Set<string>();
  const known = await collectNeeded(state, needed, new Set(), options);
  const nowMs = await storage.timeMs();
  const condemned = new Map(before.condemned.map((pack) => [pack.packName, pack]));
  const packs: PrunablePack[] = objects.index.packs.map(({ name, kind, directory }) => {
    const condemnedAtMs = condemned.get(name)?.condemnedAtMs;
    return { name, kind, objects: directory.objects, ...(condemnedAtMs !== undefined && { condemnedAtMs }) };
  });
  const rewriteAboveDeadShare = options.rewriteAboveDeadShare ?? defaultRewriteAboveDeadShare;
  const verdicts = planPrune({ packs, isNeeded: (id, kind) => needed.has(objectKey(id, kind)), nowMs, graceMs, rewriteAboveDeadShare });
  const report = (deleted: readonly string[], epoch: number): PruneReport => ({
    verdicts,
    epoch,
    deletedBytes: fileBytesOf(state, deleted),
    condemnedBytes: fileBytesOf(state, namesOf(verdicts, 'condemn', 'rewrite')),
  });
  if (options.dryRun) return report(namesOf(verdicts, 'delete'), before.epoch);

  const rewrites = new Set(namesOf(verdicts, 'rewrite'));
  for (const pack of packs) {
    if (!rewrites.has(pack.name)) continue;
    for (const { id } of pack.objects) if (needed.has(objectKey(id, pack.kind))) await objects.copy(id, pack.kind, options);
    await state.leases.renew(options);
  }
  await objects.flush(options);

  const toDelete = namesOf(verdicts, 'delete');
  let epoch = before.epoch;
  if (toDelete.length > 0 || namesOf(verdicts, 'condemn', 'rewrite', 'reprieve').length > 0) {
    epoch++;
    const next = nextCondemned(verdicts, condemned, nowMs);
    await writePruneEpoch(storage, config.repositoryId, { epoch, condemned: next }, options);
    objects.index.setCondemned(next.map(({ packName }) => packName));
  }
  state.epoch = epoch;

  // A snapshot committed under a lease that this run did not see is found here, or finds the new epoch.
  await collectNeeded(state, needed, known, options);
  const isStillNeeded = (name: string) => packs.some((pack) => pack.name === name && pack.objects.some(({ id }) => needed.has(objectKey(id, pack.kind)) && !objects.has(id, pack.kind)));
  const deletable = toDelete.filter((name) => !isStillNeeded(name));
  const result = report(deletable, epoch);
  await deletePacks(state, deletable, options);
  await storage.deleteLeftovers(graceMs, options);
  return result;
}

/** Adds what the snapshots not in `known` need. Refuses to go on when a snapshot cannot be followed: what it needs is unknown. */
async function collectNeeded(state: RepositoryState, needed: Set<string>, known: ReadonlySet<string>, options?: PruneOptions): Promise<ReadonlySet<string>> {
  const { snapshots, damaged } = await listSnapshotFiles(state.storage, state.config.repositoryId, options);
  const [broken] = damaged;
  if (broken) throw new SnapshotError('format/damaged', `prune stopped: what the snapshot ${broken.id} needs is unknown (${broken.reason}). Run check, then forget it`);
  const roots = snapshots.filter(({ id }) => !known.has(id)).map(({ rootId }) => rootId);
  for await (const { id, error } of walkObjects(roots, (id, call) => state.objects.load(id, call), needed, options)) {
    if (error) throw new SnapshotError(error.code, `prune stopped: what the tree ${id} needs is unknown (${error.message}). Run check, then forget the damaged snapshots`, { cause: error });
    await state.leases.renew(options);
  }
  return new Set(snapshots.map(({ id }) => id));
}

function nextCondemned(verdicts: readonly PackVerdict[], condemned: ReadonlyMap<string, CondemnedPack>, nowMs: number): CondemnedPack[] {
  return verdicts
    .filter(({ action }) => action !== 'keep' && action !== 'reprieve')
    .map(({ packName }) => ({ packName, condemnedAtMs: condemned.get(packName)?.condemnedAtMs ?? nowMs }));
}

async function deletePacks(state: RepositoryState, packNames: readonly string[], options?: PruneOptions): Promise<void> {
  if (packNames.length === 0) return;
  const { storage, config, objects, leases } = state;
  const oldNames: string[] = [];
  for await (const { name } of readIndexFiles(storage, config.repositoryId, options)) oldNames.push(name);
  const gone = new Set(packNames);
  const left = objects.index.packs.filter(({ name }) => !gone.has(name));
  const newNames = new Set<string>();
  for (let at = 0; at < left.length; at += packsPerIndexFile)
    newNames.add(await writeIndexFile(storage, config.repositoryId, left.slice(at, at + packsPerIndexFile), options));
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

function fileBytesOf({ objects }: RepositoryState, packNames: readonly string[]): number {
  const names = new Set(packNames);
  return objects.index.packs.reduce((sum, pack) => sum + (names.has(pack.name) ? pack.fileBytes : 0), 0);
}
