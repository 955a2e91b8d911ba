import type { Command } from 'commander';
import { repairRepository } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { formatBytes, formatCount } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { withCredential } from '../repository/chosen-repository.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface RepairFlags {
  readonly dryRun?: boolean;
  readonly forgetUnrepairable?: boolean;
  readonly exclusive?: boolean;
}

/** `repair`: mends what can be mended. */
export const defineRepair: DefineVerb = (program, run) => {
  program
    .command('repair')
    .summary('mend a damaged repository')
    .description('Reads every stored byte and mends what can be mended, so that all that is intact can be used. A snapshot with losses becomes a new one\nwithout the lost files, labelled repaired. What cannot be mended is named and kept: exit status 4. No other process may hold the repository.')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--forget-unrepairable', 'give up what nothing can bring back: images with lost content, and records and keys that cannot be read')
    .option('--exclusive', 'your word that nobody else uses the repository meanwhile; asked for only by S3 servers that cannot create exclusively')
    .addHelpText('after', examples('repair --dry-run', 'repair'))
    .action((flags: RepairFlags, command: Command) => run(command, (context) => repair(context, flags)));
};

async function repair(context: VerbContext, { dryRun = false, forgetUnrepairable = false, exclusive = false }: RepairFlags): Promise<ExitName> {
  const { output, signal, flags } = context;
  const options = { ...leaseOf(flags), dryRun, forgetUnrepairable, exclusive, signal };
  const { actions, complete, copiedObjects, copiedBytes } = await withCredential(context, (place) => repairRepository({ ...place, ...options }));
  for (const { action, file, reason, newSnapshotId } of actions) {
    const becomes = newSnapshotId === undefined ? '' : `; it ${dryRun ? 'would become' : 'is now'} ${newSnapshotId}`;
    output.tell({ type: 'repair', action, file, reason, ...(newSnapshotId !== undefined && { newSnapshotId }) }, () => `${action} ${printable(file)}: ${printable(reason)}${becomes}`);
  }
  output.note({ type: 'summary', verb: 'repair', dryRun, complete, actions: actions.length, copiedObjects, copiedBytes }, () => {
    if (actions.length === 0) return 'there is nothing to repair';
    const copied = copiedObjects === 0 ? '' : `; ${formatCount(copiedObjects, 'object')} (${formatBytes(copiedBytes)}) ${dryRun ? 'would be ' : ''}copied`;
    const left = complete ? '' : '; some of it CANNOT BE REPAIRED and was kept';
    return `${dryRun ? 'would do' : 'done'}: ${formatCount(actions.length, 'action')}${copied}${left}`;
  });
  return complete ? 'done' : 'damaged';
}
