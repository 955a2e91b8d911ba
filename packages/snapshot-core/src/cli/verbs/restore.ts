import type { Command } from 'commander';
import { SnapshotError, restoreSnapshot, type SnapshotRecord } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { formatBytes, formatCount, formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { tellIssues } from '../output/tell-issues.ts';
import { collect } from '../parse-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { pathInSnapshot } from '../repository/path-in-snapshot.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import { restoreToFile } from '../target/restore-to-file.ts';
import { restoreToStream } from '../target/restore-to-stream.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface RestoreFlags {
  readonly target: string;
  readonly path?: readonly string[];
  readonly overwrite?: boolean;
}

/** `restore`: brings a snapshot back to a new place. */
export const defineRestore: DefineVerb = (program, run) => {
  program
    .command('restore')
    .summary('bring a snapshot back to a new place')
    .description('Restores a tree into a directory, or an image to a file, a block device or standard output. Every chunk is verified before it is written.\nTo bring back the original in place, writing only what differs, use rollback.')
    .argument('<snapshot>', 'id, its beginning, or latest')
    .requiredOption('-t, --target <path>', 'directory (tree), file or block device (image), - for standard output (image)')
    .option('--path <path>', 'restore only this path of a tree, relative to what was backed up or as it was there; may be repeated', collect)
    .option('--overwrite', 'replace files that are there already')
    .addHelpText('after', examples('restore latest --target /tmp/restored', 'restore 3fa94c01 --target /tmp/restored --path Documents/taxes', 'restore 3fa94c01 --target disk.raw', 'restore 3fa94c01 --target - | mysql'))
    .action((snapshot: string, flags: RestoreFlags, command: Command) => run(command, (context) => restore(context, snapshot, flags)));
};

async function restore(context: VerbContext, snapshot: string, flags: RestoreFlags): Promise<ExitName> {
  const { signal } = context;
  const repository = await openChosenRepository(context);
  const record = await resolveSnapshot(repository, snapshot, { signal });
  if (record.source.kind === 'tree') {
    if (flags.target === '-') throw new SnapshotError('snapshot/wrong-kind', `snapshot ${record.id} is a directory tree, and standard output takes an image only; name a directory (one that is called - is ./-)`);
    const report = await restoreSnapshot(repository, record.id, flags.target, {
      ...(flags.path !== undefined && { paths: flags.path.map((path) => pathInSnapshot(path, record)) }),
      overwrite: flags.overwrite ?? false,
      lease: leaseOf(context.flags),
      signal,
      // With a part of the tree, the total is not known.
      onProgress: ({ filesDone, bytesWritten, totalBytes }) => context.output.progress({ phase: 'restore', filesDone, bytesDone: bytesWritten, ...(flags.path === undefined && { bytesTotal: totalBytes }) }),
    });
    context.output.endProgress();
    tellIssues(context, report);
    const { files, directories, symlinks, hardLinks, bytesWritten, complete, issueCount } = report;
    context.output.note(
      { type: 'summary', verb: 'restore', snapshotId: record.id, target: flags.target, files, directories, symlinks, hardLinks, bytesWritten, complete, issueCount },
      () => `restored ${formatCount(files, 'file')}, ${formatCount(directories, 'directory', 'directories')}, ${formatBytes(bytesWritten)} to ${printable(flags.target)} from ${describeOrigin(record)}${complete ? '' : `; ${formatCount(issueCount, 'item')} not as stored`}`,
    );
    return complete ? 'done' : 'incomplete';
  }
  if (flags.path !== undefined) throw new SnapshotError('snapshot/wrong-kind', `snapshot ${record.id} is an image and has no paths; leave --path out`);
  if (flags.target === '-') await restoreToStream(context, repository, record);
  else {
    await restoreToFile(context, repository, record, flags.target, flags.overwrite ?? false);
    tellImage(context, record, flags.target);
  }
  return 'done';
}

function tellImage({ output }: VerbContext, record: SnapshotRecord, target: string): void {
  const { id, statistics } = record;
  output.endProgress();
  output.note({ type: 'summary', verb: 'restore', snapshotId: id, target, bytesWritten: statistics.totalBytes, complete: true }, () => `restored ${formatBytes(statistics.totalBytes)} to ${printable(target)} from ${describeOrigin(record)}`);
}

/** Which one it was: `latest` can be of another source than was meant. */
function describeOrigin({ id, timeMs, hostname, source }: SnapshotRecord): string {
  return `snapshot ${id.slice(0, 8)} of ${formatTime(timeMs)}, taken of ${printable(source.description)} on ${printable(hostname)}`;
}
