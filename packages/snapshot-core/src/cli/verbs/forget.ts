import type { Command } from 'commander';
import { SnapshotError, pendingRollbacks, type Repository } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { formatCount } from '../output/format-values.ts';
import { applyPolicy } from '../repository/apply-policy.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { addKeepFlags, policyOf, type KeepFlags } from '../repository/policy-flags.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import { addSnapshotFilter, isPicked, type SnapshotFilter } from '../repository/snapshot-filter.ts';
import { groupSnapshots } from '../repository/snapshot-group.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface ForgetFlags extends KeepFlags, SnapshotFilter {
  readonly dryRun?: boolean;
  readonly checkFirst?: boolean;
}

/** `forget`: removes snapshots, by name or by policy. */
export const defineForget: DefineVerb = (program, run) => {
  const command = program
    .command('forget')
    .summary('remove snapshots, by name or by policy')
    .description('Removes snapshots: those that are named, or those that a policy does not keep. Their space comes back with prune.\nA policy speaks of each source (host, kind and path) for itself, and keeps its newest good snapshot whatever its age.')
    .argument('[snapshots...]', 'ids or their beginnings');
  addSnapshotFilter(addKeepFlags(command))
    .option('--check-first', 'look for damage first, so that a damaged snapshot does not count as the newest good one')
    .option('-n, --dry-run', 'only show what would be kept and forgotten, and why')
    .addHelpText('after', examples('forget 3fa94c01', 'forget --keep-hours 72 --disk-budget 50GiB --dry-run', 'forget --keep-hours 24 --host laptop --keep-label before-upgrade'))
    .action((names: readonly string[], flags: ForgetFlags, command: Command) => run(command, (context) => forget(context, names, flags)));
};

async function forget(context: VerbContext, names: readonly string[], flags: ForgetFlags): Promise<ExitName> {
  const { keepHours, diskBudget, keepLabel, host, path, label, checkFirst } = flags;
  const hasPolicy = keepHours !== undefined || diskBudget !== undefined;
  if (names.length === 0 && !hasPolicy) throw new SnapshotError('argument/invalid', 'nothing is named; give snapshots, or a policy with --keep-hours');
  if (names.length > 0 && [keepHours, diskBudget, keepLabel, host, path, label, checkFirst].some((flag) => flag !== undefined))
    throw new SnapshotError('argument/invalid', 'give either snapshots or a policy; no option of a policy goes with named snapshots');
  if (names.length === 0 && keepHours === undefined) throw new SnapshotError('argument/invalid', 'a budget alone does not say how long snapshots are kept; give --keep-hours, too');
  const repository = await openChosenRepository(context);
  return names.length > 0 ? forgetNamed(context, repository, names, flags.dryRun ?? false) : forgetByPolicy(context, repository, flags);
}

async function forgetNamed(context: VerbContext, repository: Repository, names: readonly string[], dryRun: boolean): Promise<ExitName> {
  const { output, signal } = context;
  const ids = new Set<string>();
  // All names are looked up before anything is removed.
  for (const name of names) ids.add((await resolveSnapshot(repository, name, { signal })).id);
  await repository.withLease('shared', async () => {
    for (const { operationId, snapshotId, safetySnapshotId, target } of await pendingRollbacks(repository, { signal })) {
      const needed = [snapshotId, safetySnapshotId].find((id) => id !== undefined && ids.has(id));
      if (needed !== undefined) throw new SnapshotError('rollback/pending', `snapshot ${needed} is needed by the unfinished rollback ${operationId} of ${target}; finish that first with rollback --resume --target ${target}`);
    }
    for (const id of ids) {
      if (!dryRun) await repository.forgetSnapshot(id, { signal });
      output.tell({ type: 'verdict', id, keep: false, reasons: ['it was named'] }, () => `${dryRun ? 'would forget' : 'forgot'} ${id}`);
    }
  }, { signal, ...leaseOf(context.flags) });
  const isEmpty = !dryRun && (await repository.listSnapshots({ signal })).snapshots.length === 0;
  output.note({ type: 'summary', verb: 'forget', dryRun, kept: 0, forgotten: ids.size }, () => (dryRun ? 'nothing was removed' : `prune${isEmpty ? ' --allow-empty' : ''} frees their space${isEmpty ? ': no snapshot is left' : ''}`));
  return 'done';
}

async function forgetByPolicy(context: VerbContext, repository: Repository, flags: ForgetFlags): Promise<ExitName> {
  const { output, signal } = context;
  const { dryRun = false } = flags;
  // How often snapshots are taken says nothing about which are kept.
  const policy = policyOf(4, flags);
  const damaged = flags.checkFirst === true ? await findDamaged(context, repository) : [];
  const { snapshots } = await repository.listSnapshots({ signal });
  const total = { kept: 0, forgotten: 0 };
  for (const group of groupSnapshots(snapshots.filter((record) => isPicked(record, flags)))) {
    const { kept, forgotten } = await applyPolicy(context, repository, group, policy, damaged, dryRun);
    total.kept += kept;
    total.forgotten += forgotten;
  }
  output.note({ type: 'summary', verb: 'forget', dryRun, ...total }, () => `${formatCount(total.kept, 'snapshot')} kept, ${total.forgotten.toLocaleString('en-US')} ${dryRun ? 'would be forgotten' : 'forgotten'}${total.forgotten > 0 && !dryRun ? '; prune frees their space' : ''}`);
  return 'done';
}

/** What is damaged. Which one is the newest good snapshot is not known where some cannot be verified: then nothing is forgotten. */
async function findDamaged({ signal, flags }: VerbContext, repository: Repository): Promise<readonly string[]> {
  const { damagedSnapshots, unverifiedSnapshots } = await repository.check({ signal, ...leaseOf(flags) });
  if (unverifiedSnapshots.length === 0) return damagedSnapshots;
  throw new SnapshotError('storage/failed', `nothing was forgotten: the repository could not be read whole, so nobody knows whether ${formatCount(unverifiedSnapshots.length, 'snapshot')} can be restored (${unverifiedSnapshots.join(', ')}); check again when the storage answers`);
}
