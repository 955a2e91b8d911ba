import type { Command } from 'commander';
import { SnapshotError, pendingRollbacks, resumeRollback, rollback, type Repository, type ResumeRollbackOptions, type RollbackReport, type SnapshotRecord } from '../../index.ts';
import { askForYes, requirePeople } from '../ask-people.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { printable } from '../output/printable.ts';
import { tellRollbackPlan, tellRollbackReport } from '../output/tell-rollback.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import { isTakenOf, openRollbackTarget, type OpenedTarget } from '../target/open-rollback-target.ts';
import { planLosses } from '../target/plan-losses.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface RollbackFlags {
  readonly target: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly safetySnapshot: boolean;
  readonly verifyAll?: boolean;
  readonly resume?: boolean;
  readonly supersede?: boolean;
}

/** `rollback`: makes a target what it was, in place. */
export const defineRollback: DefineVerb = (program, run) => {
  program
    .command('rollback')
    .summary('make a directory or volume what it was, in place')
    .description('Makes a directory, image or block device byte for byte what it was when the snapshot was taken, writing only what differs.\nWhat is there now is lost, except for the safety snapshot that is taken first. Shows what would be lost and asks.\nCut short, even by a power cut, it is finished by rollback --resume.')
    .argument('[snapshot]', 'id, its beginning, or latest: the latest one of the target, taken on this host')
    .requiredOption('-t, --target <path>', 'directory, image file or block device')
    .option('-n, --dry-run', 'only show what would be done, path by path')
    .option('-y, --yes', 'do not ask')
    .option('--no-safety-snapshot', 'take no snapshot of what is there now; the rollback cannot be undone then')
    .option('--verify-all', 'compare the whole target once more at the end, not only what was written')
    .option('--resume', 'finish the rollback of the target that was cut short')
    .option('--supersede', 'give up unfinished rollbacks of the target in favour of this one')
    .addHelpText('after', examples('rollback latest --target /home/ada --dry-run', 'rollback 3fa94c01 --target /home/ada', 'rollback 3fa94c01 --target /dev/sdb1 --yes', 'rollback --resume --target /home/ada'))
    .action((snapshot: string | undefined, flags: RollbackFlags, command: Command) => run(command, (context) => rollBack(context, snapshot, flags)));
};

async function rollBack(context: VerbContext, snapshot: string | undefined, flags: RollbackFlags): Promise<ExitName> {
  const { resume = false, dryRun = false, yes = false } = flags;
  if (resume === (snapshot !== undefined)) throw new SnapshotError('argument/invalid', resume ? 'a rollback that was cut short leads to the snapshot it began with; name none with --resume' : 'no snapshot is named; give one, or --resume');
  if (resume && dryRun) throw new SnapshotError('argument/invalid', 'a rollback that began cannot be tried without changing anything; leave --dry-run out');
  // Before everything is compared: nobody wants to wait for that and be refused then.
  if (!resume && !dryRun && !yes) requirePeople(context);
  await using opened = await openRollbackTarget(flags.target, dryRun);
  const repository = await openChosenRepository(context);
  if (snapshot === undefined) return await finishPending(context, repository, opened, flags);
  const record = await findSnapshot(context, repository, opened, snapshot);
  // With --yes nobody reads the plan; comparing everything twice would double the time a PC is down.
  if (dryRun || !yes) {
    const losses = await planLosses(context, repository, record, opened, dryRun);
    tellRollbackPlan(context, record, opened, losses, dryRun);
    if (dryRun) return 'done';
    if (!(await askForYes(context, `Roll back ${printable(opened.path)}?`))) {
      context.output.note({ type: 'summary', verb: 'rollback', changed: false }, () => 'nothing was changed');
      return 'failed';
    }
  } else if (!isTakenOf(record, opened))
    context.output.warn({ type: 'other-origin', takenOf: record.source.description, target: opened.path }, () => `snapshot ${record.id.slice(0, 8)} was taken of ${printable(record.source.description)}, not of ${printable(opened.path)}`);
  return await runRollback(context, opened, repository, (options) =>
    rollback(repository, record.id, opened.target, { ...options, operationId: context.surroundings.randomUUID(), safetySnapshot: flags.safetySnapshot, supersede: flags.supersede ?? false, clock: context.surroundings.clock }), flags);
}

async function finishPending(context: VerbContext, repository: Repository, opened: OpenedTarget, flags: RollbackFlags): Promise<ExitName> {
  return runRollback(context, opened, repository, (options) => resumeRollback(repository, opened.target, options), flags);
}

/** `latest` means the latest snapshot of this very target: the latest of anything could be of another machine. */
async function findSnapshot({ surroundings, signal }: VerbContext, repository: Repository, opened: OpenedTarget, name: string): Promise<SnapshotRecord> {
  const { path, kind } = opened;
  const record = await resolveSnapshot(repository, name, {
    signal, wanted: `snapshot of ${path} taken on ${surroundings.hostname}; name another one by its id`,
    isWanted: (candidate) => candidate.hostname === surroundings.hostname && isTakenOf(candidate, opened),
  });
  if (record.source.kind !== kind) throw new SnapshotError('snapshot/wrong-kind', `snapshot ${record.id} is ${record.source.kind === 'tree' ? 'a directory tree' : 'an image'}, and ${path} is ${kind === 'tree' ? 'a directory' : 'none'}; name another target`);
  return record;
}

async function runRollback(
  context: VerbContext, opened: OpenedTarget, repository: Repository, work: (options: ResumeRollbackOptions) => Promise<RollbackReport | undefined>, flags: RollbackFlags,
): Promise<ExitName> {
  const { output, signal } = context;
  try {
    const report = await work({
      verifyAll: flags.verifyAll ?? false, lease: leaseOf(context.flags), signal,
      onProgress: ({ phase, bytesDone, totalBytes }) => output.progress({ phase, bytesDone, ...(totalBytes > 0 && { bytesTotal: totalBytes }) }),
    });
    output.endProgress();
    return tellRollbackReport(context, opened, report);
  } catch (error) {
    output.endProgress();
    if (await isPending(repository, opened)) output.warn({ type: 'pending', target: opened.path }, () => `the rollback of ${printable(opened.path)} is not finished; finish it with: winre-snapshot rollback --resume --target ${printable(opened.path)}`);
    throw error;
  }
}

/** Whether an unfinished rollback is recorded; what cannot be read any more is no reason to hide the first error. */
async function isPending(repository: Repository, { path }: OpenedTarget): Promise<boolean> {
  const pending = await pendingRollbacks(repository, { skipDamaged: true }).catch(() => []);
  return pending.some(({ target }) => target === path);
}
