import type { Command } from 'commander';
import { SnapshotError, planSchedule, safetyLabel, type Repository, type RestorePointSchedule, type RetentionPolicy, type SnapshotRecord } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { describeError } from '../output/describe-error.ts';
import { formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { tellBackup } from '../output/tell-backup.ts';
import { tellPrune } from '../output/tell-prune.ts';
import { applyPolicy } from '../repository/apply-policy.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { addCadenceFlag, addKeepFlags, policyOf, type KeepFlags } from '../repository/policy-flags.ts';
import { groupSnapshots } from '../repository/snapshot-group.ts';
import { addBackupFlags, originOf, type BackupFlags } from '../source/backup-flags.ts';
import { takeBackup } from '../source/take-backup.ts';
import type { RunVerb, VerbContext } from '../verb.ts';

interface ScheduleRunFlags extends KeepFlags, BackupFlags {
  readonly cadence: RetentionPolicy['cadenceHours'];
  readonly once?: boolean;
  readonly exclusive?: boolean;
}

/** A PC may sleep, its clock may change, another process may take a snapshot: the plan is made anew this often. */
const lookAgainEveryMs = 5 * 60_000;

/** `schedule run`: takes snapshots when they are due, forgets and prunes, until it is stopped. */
export function defineScheduleRun(schedule: Command, run: RunVerb): void {
  const command = schedule
    .command('run')
    .summary('take snapshots when they are due, until stopped')
    .description('Takes a snapshot of PATH whenever one is due, forgets what expired, and prunes. Runs until Ctrl-C or SIGTERM, which is its normal end.\nWhat can succeed later, such as a repository that is busy, is tried again.')
    .argument('<path>', 'directory; with --image a file; a block device');
  addBackupFlags(addKeepFlags(addCadenceFlag(command)))
    .option('--once', 'do what is due now, then end')
    .option('--exclusive', 'your word that nobody else uses the repository while this prunes; asked for only by S3 servers that cannot create exclusively')
    .addHelpText('after', examples('schedule run /home/ada --cadence 4 --keep-hours 24', 'schedule run /home/ada --keep-hours 72 --once --quiet'))
    .action((path: string, flags: ScheduleRunFlags, command: Command) => run(command, (context) => runSchedule(context, path, flags)));
}

async function runSchedule(context: VerbContext, path: string, flags: ScheduleRunFlags): Promise<ExitName> {
  const { output, surroundings, signal } = context;
  // Somebody's older snapshots go: for that nobody may rely on a default.
  if (flags.keepHours === undefined) throw new SnapshotError('argument/invalid', 'snapshots of PATH that expired are forgotten and pruned; say with --keep-hours when they expire');
  const policy = policyOf(flags.cadence, flags);
  let toldDueAtMs: number | undefined;
  try {
    for (;;) {
      let waitMs = lookAgainEveryMs;
      try {
        const { isIncomplete, dueAtMs, reason } = await runOnce(context, path, flags, policy);
        if (flags.once === true) return isIncomplete ? 'incomplete' : 'done';
        waitMs = Math.max(0, dueAtMs - surroundings.clock.nowMs());
        if (dueAtMs !== toldDueAtMs) output.note({ type: 'waiting', dueAt: new Date(dueAtMs).toISOString(), reason }, () => `the next snapshot is due at ${formatTime(dueAtMs)}`);
        toldDueAtMs = dueAtMs;
      } catch (error) {
        if (signal.aborted || flags.once === true || !SnapshotError.isInstance(error) || !error.retryable) throw error;
        const { code, message } = describeError(error, signal);
        output.warn({ type: 'retry', code, message }, () => `${code}: ${printable(message)}; tried again later`);
      }
      await surroundings.clock.sleep(Math.min(waitMs, lookAgainEveryMs), { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    output.note({ type: 'summary', verb: 'schedule run', stopped: true }, () => 'stopped');
    return 'done';
  }
}

/** Takes a snapshot if one is due, then forgets and prunes; answers with what is due next. */
async function runOnce(context: VerbContext, path: string, flags: ScheduleRunFlags, policy: RetentionPolicy): Promise<RestorePointSchedule & { readonly isIncomplete: boolean }> {
  const { surroundings, signal } = context;
  const { waitAtMostMs } = leaseOf(context.flags);
  const repository = await openChosenRepository(context);
  const plan = async () => planSchedule((await ownSnapshots(context, repository, path, flags)).filter(({ labels }) => !labels.includes(safetyLabel)), policy, surroundings.clock.nowMs());
  const planned = await plan();
  if (!planned.isDue) return { ...planned, isIncomplete: false };
  const taken = await takeBackup(context, path, flags);
  tellBackup(context, taken);
  for (const group of groupSnapshots(await ownSnapshots(context, repository, path, flags))) await applyPolicy(context, repository, group, policy, [], false);
  tellPrune(context, await repository.prune({ signal, exclusive: flags.exclusive ?? false, ...(waitAtMostMs !== undefined && { waitAtMostMs }) }), false);
  return { ...(await plan()), isIncomplete: taken.record.incomplete };
}

async function ownSnapshots({ surroundings, signal }: VerbContext, repository: Repository, path: string, flags: ScheduleRunFlags): Promise<readonly SnapshotRecord[]> {
  const { hostname, description } = originOf(path, flags, surroundings);
  const { snapshots } = await repository.listSnapshots({ signal });
  return snapshots.filter(({ hostname: host, source }) => host === hostname && source.description === description);
}
