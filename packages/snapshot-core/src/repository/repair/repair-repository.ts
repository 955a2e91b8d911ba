import { randomBytes as nodeRandomBytes } from 'node:crypto';
import type { StoredConfig } from '../../format/repository-config.ts';
import { readConfigFiles } from '../config-files.ts';
import { createRepositoryState } from '../create-repository-state.ts';
import { credentialOf } from '../credential-of.ts';
import { createOpenedRepository } from '../opened-repository.ts';
import { createProcessHolder } from '../process-holder.ts';
import type { OpenRepositoryOptions } from '../repository-options.ts';
import { reloadIndex, type RepositoryState } from '../repository-state.ts';
import { requireExclusivity } from '../require-exclusivity.ts';
import { storageOf } from '../storage-of.ts';
import { unlockRepository } from '../unlock-repository.ts';
import { inspectFiles } from './inspect-files.ts';
import { inspectPacks } from './inspect-packs.ts';
import { inspectSnapshots } from './inspect-snapshots.ts';
import { planRepair } from './plan-repair.ts';
import { redirectIntents } from './redirect-intents.ts';
import type { RepairOptions, RepairReport } from './repair-report.ts';
import { runRepair, type RepairWork } from './run-repair.ts';

const defaultGraceMs = 86_400_000;

/**
 * Reads every stored byte and mends what can be mended, so that all that is intact can be used: snapshots lose the files whose content is lost,
 * and nothing else.
 *
 * A snapshot with losses becomes a new one with another id, the label `repaired`, and everything else as it was; it says `incomplete`. Lost files are
 * `unread` in it, for the reason `damaged`, so that a rollback leaves alone what lies there. Statistics stay as they were counted. What cannot be mended is
 * named and kept, unless `forgetUnrepairable` says otherwise.
 *
 * Holds an exclusive lease, with `dryRun` a shared one: then nothing is written, and the report is the same. Killed at any point it loses
 * nothing, and the next run finishes it. Read errors stop it, because they may pass: copy the repository to a sound disk first.
 *
 * @throws {SnapshotError} `repository/not-found`, `repository/locked`, `repository/key-required`, `repository/wrong-key`,
 *   `repository/key-outdated`, `format/damaged` (no intact config or
 *   key file), `format/unsupported`, `storage/*`
 */
export async function repairRepository(options: OpenRepositoryOptions & RepairOptions): Promise<RepairReport> {
  const { dryRun = false, forgetUnrepairable = false, graceMs = defaultGraceMs } = options;
  const storage = storageOf(options);
  const stored = await readConfigFiles(storage, options);
  const access = await unlockRepository(storage, stored, options.randomBytes ?? nodeRandomBytes, credentialOf(options), options);
  const holder = options.holder ?? createProcessHolder();
  const state = createRepositoryState(storage, access, { ...options, holder });
  await requireExclusivity(storage, 'repair', options);
  const giveBack = await state.leases.acquire(dryRun ? 'shared' : 'exclusive', options);
  try {
    const { facts, work } = await inspect(state, stored, options);
    const actions = planRepair(facts, { forgetUnrepairable, graceMs });
    const repository = createOpenedRepository(state, access, holder);
    if (!dryRun) await runRepair(state, { ...work, stored, actions, graceMs, redirectIntents: (newIds) => redirectIntents(repository, newIds, options) }, options);
    const copiedBytes = work.endangered.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    return { actions, complete: actions.every(({ action }) => action !== 'keep'), copiedObjects: work.endangered.length, copiedBytes };
  } finally {
    await giveBack();
  }
}

async function inspect(state: RepositoryState, stored: StoredConfig, options: RepairOptions) {
  const { epoch, condemned } = await reloadIndex(state, options);
  state.epoch = epoch;
  state.objects.requireEveryDataKey();
  await state.objects.openEveryDirectory(condemned.map(({ packName }) => packName), options);
  const files = await inspectFiles(state, stored, options);
  const packs = await inspectPacks(state, files.listed, options);
  const { snapshots, endangered, isLostData } = await inspectSnapshots(state, files.records, packs.damaged, options);
  const condemnedAtMs = new Map(condemned.map((pack) => [pack.packName, pack.condemnedAtMs]));
  const facts = {
    ...files,
    foreign: [...files.foreign, ...packs.foreign],
    unlistedPacks: packs.unlisted,
    packs: packs.packs.map((pack) => ({ ...pack, endangeredCount: endangered.filter(({ packName }) => packName === pack.name).length, ...timeOf(condemnedAtMs.get(pack.name)) })),
    snapshots,
    nowMs: await state.storage.timeMs(),
  };
  const work: Pick<RepairWork, 'records' | 'endangered' | 'isLostData'> = { records: files.records, endangered, isLostData };
  return { facts, work };
}

function timeOf(condemnedAtMs: number | undefined): { condemnedAtMs?: number } {
  return condemnedAtMs === undefined ? {} : { condemnedAtMs };
}
