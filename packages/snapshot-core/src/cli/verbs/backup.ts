import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { tellBackup } from '../output/tell-backup.ts';
import { addBackupFlags } from '../source/backup-flags.ts';
import { takeBackup, type TakeBackupFlags } from '../source/take-backup.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

/** `backup`: takes a snapshot. */
export const defineBackup: DefineVerb = (program, run) => {
  const command = program
    .command('backup')
    .summary('take a snapshot')
    .description('Takes a snapshot of a directory tree, of an image or block device, or of what comes on standard input.\nFiles whose metadata did not change since the parent snapshot are not read again.')
    .argument('[path]', 'directory; with --image a file; a block device; - for standard input')
    .option('--stdin', 'read standard input')
    .option('--stdin-name <name>', 'what to call the stream (default: stdin)')
    .option('--parent <snapshot>', 'snapshot to compare with (default: the latest of the same host, kind and path)')
    .option('--no-parent', 'compare with nothing: read everything')
    .option('--changed-ranges <file>', 'all that was written to the image or device since the parent, from a change tracker: a line for each, OFFSET BYTES');
  addBackupFlags(command)
    .addHelpText('after', examples('backup /home/ada', 'backup /home/ada --exclude /home/ada/.cache --label nightly', 'backup --image /images/disk.raw', 'backup /dev/sdb1 --parent 3fa94c01 --changed-ranges changes.txt', 'backup - --stdin-name dump.sql < dump.sql'))
    .action((path: string | undefined, flags: TakeBackupFlags, command: Command) => run(command, (context) => backup(context, path, flags)));
};

async function backup(context: VerbContext, path: string | undefined, flags: TakeBackupFlags): Promise<ExitName> {
  const taken = await takeBackup(context, path, flags);
  tellBackup(context, taken);
  return taken.record.incomplete ? 'incomplete' : 'done';
}
