import type { Command } from 'commander';
import { SnapshotError, planSchedule, safetyLabel, type RestorePointSchedule, type RetentionPolicy } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatTable } from '../output/format-table.ts';
import { formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { addCadenceFlag, addKeepFlags, policyOf, type KeepFlags } from '../repository/policy-flags.ts';
import { groupSnapshots } from '../repository/snapshot-group.ts';
import { addSnapshotFilter, isPicked, type SnapshotFilter } from '../repository/snapshot-filter.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';
import { defineScheduleRun } from './schedule-run.ts';

interface ScheduleFlags extends KeepFlags, SnapshotFilter {
  readonly cadence: RetentionPolicy['cadenceHours'];
}

/** `schedule`: when the next snapshot is due and which ones expire; `schedule run` sees to it. */
export const defineSchedule: DefineVerb = (program, run) => {
  // Has no options of its own: it would take those of `schedule run` for them.
  const schedule = program.command('schedule').summary('show when snapshots are due and expire, or see to it').description('Shows when snapshots are due and expire, or sees to it.');
  const command = schedule
    .command('show', { isDefault: true })
    .summary('show when snapshots are due and expire')
    .description('Shows for each source when the next snapshot is due, and when the ones there expire; without --keep-hours after 72. Changes nothing.');
  addSnapshotFilter(addKeepFlags(addCadenceFlag(command)))
    .addHelpText('after', examples('schedule --cadence 4 --keep-hours 24', 'schedule run /home/ada --cadence 4 --keep-hours 24'))
    .action((flags: ScheduleFlags, command: Command) => run(command, (context) => showSchedule(context, flags)));
  defineScheduleRun(schedule, run);
};

async function showSchedule(context: VerbContext, flags: ScheduleFlags): Promise<ExitName> {
  const { output, surroundings, signal } = context;
  const policy = policyOf(flags.cadence, flags);
  const repository = await openChosenRepository(context);
  const { snapshots } = await repository.listSnapshots({ signal });
  const groups = groupSnapshots(snapshots.filter((record) => isPicked(record, flags) && !record.labels.includes(safetyLabel)));
  if (groups.length === 0) throw new SnapshotError('snapshot/not-found', `${repository.description} has no such snapshots; a first one is due`);
  for (const { hostname, kind, path, records } of groups) {
    const planned = planSchedule(records, policy, surroundings.clock.nowMs());
    output.tell({ type: 'schedule', hostname, kind, path, ...scheduleMessage(planned) }, () => `${printable(`${kind} ${path} on ${hostname}`)}\n${describeSchedule(planned)}\n`);
  }
  return 'done';
}

function scheduleMessage({ isDue, dueAtMs, reason, expiring }: RestorePointSchedule): Record<string, unknown> {
  return { isDue, dueAt: new Date(dueAtMs).toISOString(), reason, expiring: expiring.map(({ id, expiresAtMs }) => ({ id, expiresAt: new Date(expiresAtMs).toISOString() })) };
}

function describeSchedule({ isDue, dueAtMs, reason, expiring }: RestorePointSchedule): string {
  const rows = expiring.map(({ id, expiresAtMs }) => [id.slice(0, 8), formatTime(expiresAtMs)]);
  return `${isDue ? 'a snapshot is due now' : `the next snapshot is due at ${formatTime(dueAtMs)}`}: ${reason}\n${formatTable([{ title: 'ID' }, { title: 'Expires' }], rows)}`;
}
