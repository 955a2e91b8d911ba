import { clearLeftovers } from '../clear-leftovers.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { encodeRepositoryConfig, type StoredConfig } from '../../format/repository-config.ts';
import { sealFile } from '../../format/sealed-file.ts';
import type { SnapshotRecord } from '../../format/snapshot-record.ts';
import type { FileKind } from '../../storage/storage.ts';
import type { CallOptions } from '../call-options.ts';
import { commitUnderId } from '../commit-snapshot.ts';
import { readPruneEpoch, writePruneEpoch } from '../epoch-files.ts';
import type { RepositoryState } from '../repository-state.ts';
import { rewriteIndex } from '../rewrite-index.ts';
import { decodeSnapshotFile } from '../snapshot-files.ts';
import type { EndangeredObject } from './inspect-snapshots.ts';
import { isLostObject } from './is-lost-object.ts';
import type { RepairAction } from './repair-report.ts';
import { TreeRepair } from './repair-tree.ts';
import { repairedSnapshotId } from './repaired-snapshot-id.ts';
import { requireReadableDirectories } from './require-readable-directories.ts';

/** What a plan is carried out with. */
export interface RepairWork {
  readonly stored: StoredConfig;
  readonly actions: readonly RepairAction[];
  readonly records: readonly SnapshotRecord[];
  readonly endangered: readonly EndangeredObject[];
  readonly isLostData: (id: string) => boolean;
  /** Lets unfinished rollbacks go on with the snapshots that take the place of others, by old id. */
  readonly redirectIntents: (newIds: ReadonlyMap<string, string>) => Promise<void>;
  readonly graceMs: number;
}

/** Removed after everything that stands in for them is durable. */
const lastActions: ReadonlySet<RepairAction['action']> = new Set(['forget', 'delete']);

/**
 * Carries a plan out in an order in which a kill loses nothing, and which the next run finishes: config → copies of what is endangered →
 * repaired trees → index → epoch → repaired records → intents; then what they replace goes. The caller holds the exclusive lease.
 */
export async function runRepair(state: RepositoryState, work: RepairWork, options?: CallOptions): Promise<void> {
  const { storage, objects, leases } = state;
  const filesOf = (...wanted: readonly RepairAction['action'][]) => work.actions.filter(({ action }) => wanted.includes(action)).map(({ file }) => splitFile(file));
  for (const { name } of filesOf('write')) await writeConfig(state, name, work.stored, options);
  for (const { id, kind } of work.endangered) {
    await objects.copy(id, kind, options);
    await leases.renew(options);
  }
  await objects.flush(options);
  const newIds = new Map(work.actions.flatMap(({ file, newSnapshotId }) => (newSnapshotId === undefined ? [] : [[splitFile(file).name, newSnapshotId] as const])));
  const drafts = await repairTrees(state, work, newIds, options);
  // `flush` has listed what was unlisted; what is wrong in the index goes only by writing it anew.
  const isIndexWrong = filesOf('list').length > 0 || filesOf('delete').some(({ kind }) => kind === 'index');
  if (isIndexWrong) await rewriteIndex(state, new Set(), options);
  await condemn(state, filesOf('condemn').map(({ name }) => name), filesOf('delete').some(({ kind }) => kind === 'epoch'), options);
  for (const { id, ...draft } of drafts) await commitOnce(state, draft, id, options);
  await work.redirectIntents(newIds);
  for (const name of newIds.keys()) await storage.delete('snapshot', name, options);
  for (const { action, file } of work.actions) {
    const { kind, name } = splitFile(file);
    // Index and epoch files have gone with the writing of new ones.
    if (lastActions.has(action) && kind !== 'index' && kind !== 'epoch') await storage.delete(kind, name, options);
  }
  await clearLeftovers(storage, work.graceMs, options);
}

async function writeConfig({ storage }: RepositoryState, name: string, stored: StoredConfig, options?: CallOptions): Promise<void> {
  const bytes = sealFile('config', { repositoryId: stored.config.repositoryId }, encodeRepositoryConfig(stored));
  // Nothing is ever replaced in a repository, so a damaged copy goes first. The other one serves meanwhile.
  await storage.delete('config', name, options);
  await storage.put('config', name, [bytes], options);
}

/**
 * Saves the repaired trees.
 *
 * @returns the records to write
 * @throws {SnapshotError} `object/damaged`, `storage/failed` when more is lost now than the plan knows; nothing has gone then
 */
async function repairTrees(state: RepositoryState, { records, isLostData }: RepairWork, newIds: ReadonlyMap<string, string>, options?: CallOptions): Promise<readonly SnapshotRecord[]> {
  const { objects, leases } = state;
  const trees = new TreeRepair({
    load: (id) => objects.load(id, options),
    isLostData,
    save: async (bytes) => {
      await leases.renew(options);
      return (await objects.save(bytes, 'tree', options)).id;
    },
  });
  const drafts: SnapshotRecord[] = [];
  for (const record of records) {
    const id = newIds.get(record.id);
    if (id === undefined) continue;
    const repaired = await trees.repair(record.rootId);
    requireReadableDirectories(state);
    if (!repaired || repairedSnapshotId(objects.codec, record.id, repaired.rootId) !== id)
      throw new SnapshotError('object/damaged', `the snapshot ${record.id} has lost more since the repair looked at it: the disk goes on failing. Copy the repository to a sound one and repair it there`);
    drafts.push({ ...record, id, rootId: repaired.rootId, labels: labelled(record.labels), incomplete: true });
  }
  await objects.flush(options);
  return drafts;
}

const repairedLabel = 'repaired';
const maxLabels = 255;

function labelled(labels: readonly string[]): readonly string[] {
  return labels.includes(repairedLabel) || labels.length >= maxLabels ? labels : [...labels, repairedLabel];
}

/** Adds packs to the condemned ones under a new epoch, which also takes the place of damaged epoch files. */
async function condemn(state: RepositoryState, packNames: readonly string[], isEpochDamaged: boolean, options?: CallOptions): Promise<void> {
  const { storage, envelope, objects } = state;
  const { epoch, condemned } = await readPruneEpoch(storage, envelope, options);
  const known = new Set(condemned.map(({ packName }) => packName));
  const added = packNames.filter((packName) => !known.has(packName));
  if (added.length === 0 && !isEpochDamaged) return;
  const condemnedAtMs = await storage.timeMs();
  const next = { epoch: epoch + 1, condemned: [...condemned, ...added.map((packName) => ({ packName, condemnedAtMs }))] };
  await writePruneEpoch(storage, envelope, next, options);
  objects.index.setCondemned(next.condemned.map(({ packName }) => packName));
  state.epoch = next.epoch;
}

/** Writes a record, unless a repair that was cut short has written it. One that was damaged since makes way. */
async function commitOnce(state: RepositoryState, draft: Omit<SnapshotRecord, 'id'>, id: string, options?: CallOptions): Promise<void> {
  const { storage, envelope } = state;
  try {
    decodeSnapshotFile(await storage.get('snapshot', id, options), id, envelope);
    return;
  } catch (error) {
    if (!SnapshotError.isInstance(error) || !isLostObject(error)) throw error;
    if (error.code !== 'storage/not-found') await storage.delete('snapshot', id, options);
  }
  await commitUnderId(state, draft, () => id, options);
}

function splitFile(file: string): { kind: FileKind; name: string } {
  const at = file.indexOf('/');
  return { kind: file.slice(0, at) as FileKind, name: file.slice(at + 1) };
}
