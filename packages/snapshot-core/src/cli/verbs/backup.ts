import type { Command } from 'commander';
import type { TakenSnapshot } from '../../index.ts';
import { takeSnapshot } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { formatBytes, formatCount, formatDuration } from '../output/format-values.ts';
import { snapshotMessage } from '../output/snapshot-message.ts';
import { tellIssues } from '../output/tell-issues.ts';
import { collect } from '../parse-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { openSource } from '../source/open-source.ts';
import { findParent } from '../source/find-parent.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface BackupFlags {
  readonly image?: boolean;
  readonly stdin?: boolean;
  readonly stdinName: string;
  /** Text, or false for `--no-parent`. */
  readonly parent: string | boolean;
  readonly host?: string;
  readonly label?: readonly string[];
  readonly exclude?: readonly string[];
  readonly verifyAll?: boolean;
}

/** `backup`: takes a snapshot. */
export const defineBackup: DefineVerb = (program, run) => {
  program
    .command('backup')
    .summary('take a snapshot')
    .description('Takes a snapshot of a directory tree, of an image or block device, or of what comes on standard input.\nFiles whose metadata did not change since the parent snapshot are not read again.')
    .argument('[path]', 'directory; with --image a file; a block device; - for standard input')
    .option('--image', 'PATH is a raw image file, taken as one volume')
    .option('--stdin', 'read standard input')
    .option('--stdin-name <name>', 'what to call the stream', 'stdin')
    .option('--parent <snapshot>', 'snapshot to compare with (default: the latest of the same host, kind and path)')
    .option('--no-parent', 'compare with nothing: read everything')
    .option('--host <name>', 'host to record (default: the name of this machine)')
    .option('--label <label>', 'label of the snapshot; may be repeated', collect)
    .option('--exclude <path>', 'file or directory to leave out; may be repeated', collect)
    .option('--verify-all', 'read every file, whatever its metadata says')
    .addHelpText('after', examples('backup /home/ada', 'backup /home/ada --exclude /home/ada/.cache --label nightly', 'backup --image /images/disk.raw', 'backup - --stdin-name dump.sql < dump.sql'))
    .action((path: string | undefined, flags: BackupFlags, command: Command) => run(command, (context) => backup(context, path, flags)));
};

async function backup(context: VerbContext, path: string | undefined, flags: BackupFlags): Promise<ExitName> {
  const taken = await takeBackup(context, path, flags);
  tellIssues(context.output, context.flags.json === true, taken.report);
  tellSummary(context, taken);
  return taken.record.incomplete ? 'incomplete' : 'done';
}

async function takeBackup(context: VerbContext, path: string | undefined, flags: BackupFlags): Promise<TakenSnapshot> {
  const { surroundings, output, signal } = context;
  await using opened = await openSource(context, path, flags);
  const { source, kind, description, totalBytes } = opened;
  const repository = await openChosenRepository(context);
  const hostname = flags.host ?? surroundings.hostname;
  const parent = flags.parent === false ? undefined : await findParent(repository, flags.parent === true ? undefined : flags.parent, { hostname, kind, description }, signal);
  try {
    return await takeSnapshot(repository, source, {
      ...(parent !== undefined && { parent: parent.id }),
      verifyAll: flags.verifyAll ?? false,
      labels: flags.label ?? [],
      hostname,
      clock: surroundings.clock,
      lease: leaseOf(context.flags),
      signal,
      onProgress: ({ filesDone, bytesRead }) => output.progress({ phase: 'backup', filesDone, bytesDone: bytesRead, ...(totalBytes !== undefined && { bytesTotal: totalBytes }) }),
    });
  } finally {
    output.endProgress();
  }
}

function tellSummary({ output }: VerbContext, { record, report }: TakenSnapshot): void {
  const { files, directories, symlinks, skipped, bytesRead, bytesAdded, issueCount } = report;
  output.note({ type: 'summary', verb: 'backup', snapshot: snapshotMessage(record), files, directories, symlinks, skipped, bytesRead, bytesAdded, issueCount }, () => {
    const { totalBytes, durationMs } = record.statistics;
    return [
      ...(record.source.kind === 'tree' ? [`${formatCount(files.new, 'new file')}, ${files.changed.toLocaleString('en-US')} changed, ${files.unmodified.toLocaleString('en-US')} unmodified`] : []),
      `${formatBytes(totalBytes)} in the snapshot, ${formatBytes(bytesRead)} read, ${formatBytes(bytesAdded)} added, ${formatDuration(durationMs)}`,
      `snapshot ${record.id}${record.incomplete ? ' is INCOMPLETE: some items could not be read' : ''}`,
    ].join('\n');
  });
}
