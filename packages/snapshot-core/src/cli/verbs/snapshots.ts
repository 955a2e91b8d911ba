import type { Command } from 'commander';
import type { SnapshotRecord } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatBytes, formatCount, formatTime } from '../output/format-values.ts';
import { formatTable } from '../output/format-table.ts';
import { printable } from '../output/printable.ts';
import { snapshotMessage } from '../output/snapshot-message.ts';
import { parseCount } from '../parse-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { addSnapshotFilter, isPicked, type SnapshotFilter } from '../repository/snapshot-filter.ts';
import { shortIds } from '../repository/short-id.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface SnapshotsFlags extends SnapshotFilter {
  readonly latest?: number;
}

/** `snapshots`: lists what there is. */
export const defineSnapshots: DefineVerb = (program, run) => {
  const command = program
    .command('snapshots')
    .summary('list snapshots')
    .description('Lists snapshots, oldest first. A snapshot marked incomplete lacks something that could not be read when it was taken.')
    .option('--latest <count>', 'only the newest ones', parseCount(1));
  addSnapshotFilter(command)
    .addHelpText('after', examples('snapshots', 'snapshots --latest 1 --json', 'snapshots --host laptop --path /home/ada'))
    .action((flags: SnapshotsFlags, command: Command) => run(command, (context) => snapshots(context, flags)));
};

async function snapshots(context: VerbContext, flags: SnapshotsFlags): Promise<ExitName> {
  const { output, signal } = context;
  const repository = await openChosenRepository(context);
  const { snapshots: all, damaged } = await repository.listSnapshots({ signal });
  const picked = all.filter((record) => isPicked(record, flags)).slice(-(flags.latest ?? all.length + 1));
  for (const record of picked) output.emit({ type: 'snapshot', ...snapshotMessage(record) });
  output.tell({ type: 'summary', verb: 'snapshots', count: picked.length, damaged: damaged.map(({ id }) => id) }, () => (picked.length === 0 ? 'no snapshots' : tableOf(picked)));
  for (const { id, reason } of damaged) output.warn({ type: 'damaged-record', id, message: reason }, () => `the record of snapshot ${id} cannot be read: ${printable(reason)}`);
  return damaged.length > 0 ? 'damaged' : 'done';
}

function tableOf(records: readonly SnapshotRecord[]): string {
  const short = shortIds(records.map(({ id }) => id));
  const table = formatTable(
    [{ title: 'ID' }, { title: 'Time' }, { title: 'Host' }, { title: 'Kind' }, { title: 'Size', align: 'right' }, { title: 'Added', align: 'right' }, { title: 'Labels' }, { title: 'Path' }],
    records.map(({ id, timeMs, hostname, source, statistics, labels, incomplete }) => [
      short.get(id) ?? id, formatTime(timeMs), printable(hostname), source.kind, formatBytes(statistics.totalBytes), formatBytes(statistics.addedBytes),
      printable([...(incomplete ? ['(incomplete)'] : []), ...labels].join(', ')), printable(source.description),
    ]),
  );
  return `${table}\n${formatCount(records.length, 'snapshot')}`;
}
