import type { Command } from 'commander';
import { SnapshotError, checkRepository, type CheckOptions, type CheckReport } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { formatBytes, formatCount } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { openChosenRepository, withCredential } from '../repository/chosen-repository.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface CheckFlags {
  readonly readData?: boolean;
}

/** `check`: looks for damage. */
export const defineCheck: DefineVerb = (program, run) => {
  program
    .command('check')
    .summary('look for damage')
    .description('Looks for damage and names the snapshots it harms. Exit status 4 when there is any.')
    .option('--read-data', 'read and verify every stored byte, not only structure and trees')
    .addHelpText('after', examples('check', 'check --read-data'))
    .action((flags: CheckFlags, command: Command) => run(command, (context) => check(context, flags)));
};

async function check(context: VerbContext, { readData = false }: CheckFlags): Promise<ExitName> {
  const { output } = context;
  const report = await runCheck(context, readData);
  output.endProgress();
  for (const { severity, file, message, damagedSnapshots } of report.findings)
    output.warn({ type: 'finding', severity, file, message, damagedSnapshots }, () => `${severity}: ${file}: ${printable(message)}${damagedSnapshots.length === 0 ? '' : `; harms ${damagedSnapshots.join(', ')}`}`);
  const { intact, damagedSnapshots, damagedPacks, filesChecked, bytesRead } = report;
  output.note({ type: 'summary', verb: 'check', intact, readData, damagedSnapshots, damagedPacks, filesChecked, bytesRead }, () => {
    const checked = `${formatCount(filesChecked, 'file')} checked, ${formatBytes(bytesRead)} read`;
    if (intact) return `no damage found; ${checked}${readData ? '' : ' (structure only; --read-data reads every byte)'}`;
    const harmed = damagedSnapshots.length === 0 ? 'no snapshot is harmed' : `${formatCount(damagedSnapshots.length, 'snapshot')} cannot be restored whole: ${damagedSnapshots.join(', ')}`;
    return `DAMAGE FOUND; ${harmed}; ${checked}`;
  });
  return intact ? 'done' : 'damaged';
}

/** An open repository sees to it that nothing new relies on damaged packs; one that cannot be opened any more is checked all the same. */
async function runCheck(context: VerbContext, readData: boolean): Promise<CheckReport> {
  const onProgress: CheckOptions['onProgress'] = ({ bytesRead, filesChecked, totalBytes }) =>
    context.output.progress({ phase: 'check', bytesDone: bytesRead, filesDone: filesChecked, ...(totalBytes !== undefined && { bytesTotal: totalBytes }) });
  const options = { readData, signal: context.signal, onProgress, ...leaseOf(context.flags) };
  try {
    return await (await openChosenRepository(context)).check(options);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'format/damaged') throw error;
    return withCredential(context, (open) => checkRepository({ ...open, ...options }));
  }
}
