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
    .description('Looks for damage and names the snapshots it harms. Exit status 4 when there is any, 3 when there is none in what could be read, and some could not.')
    .option('--read-data', 'read and verify every stored byte, not only structure and trees')
    .addHelpText('after', examples('check', 'check --read-data'))
    .action((flags: CheckFlags, command: Command) => run(command, (context) => check(context, flags)));
};

async function check(context: VerbContext, { readData = false }: CheckFlags): Promise<ExitName> {
  const { output } = context;
  const report = await runCheck(context, readData);
  output.endProgress();
  for (const { severity, file, message, damagedSnapshots, unverifiedSnapshots } of report.findings)
    output.warn({ type: 'finding', severity, file, message, damagedSnapshots, unverifiedSnapshots }, () => `${severity}: ${file}: ${printable(message)}${listed('harms', damagedSnapshots)}${listed('leaves open', unverifiedSnapshots)}`);
  const { intact, findings, damagedSnapshots, unverifiedSnapshots, damagedPacks, filesChecked, bytesRead } = report;
  const isDamaged = damagedSnapshots.length > 0 || findings.some(({ severity }) => severity === 'error');
  output.note({ type: 'summary', verb: 'check', intact, readData, damagedSnapshots, unverifiedSnapshots, damagedPacks, filesChecked, bytesRead }, () => {
    const checked = `${formatCount(filesChecked, 'file')} checked, ${formatBytes(bytesRead)} read`;
    if (intact) return `no damage found; ${checked}${readData ? '' : ' (structure only; --read-data reads every byte)'}`;
    const open = findings.every(({ severity }) => severity !== 'unread') ? '' : `; NOT EVERYTHING COULD BE READ${listed(`${formatCount(unverifiedSnapshots.length, 'snapshot')} not verified:`, unverifiedSnapshots)}; check again when the storage answers`;
    if (!isDamaged) return `no damage found in what could be read${open}; ${checked}`;
    const harmed = damagedSnapshots.length === 0 ? 'no snapshot is harmed' : `${formatCount(damagedSnapshots.length, 'snapshot')} cannot be restored whole: ${damagedSnapshots.join(', ')}`;
    return `DAMAGE FOUND; ${harmed}${open}; ${checked}`;
  });
  if (intact) return 'done';
  return isDamaged ? 'damaged' : 'incomplete';
}

function listed(what: string, ids: readonly string[]): string {
  return ids.length === 0 ? '' : `; ${what} ${ids.join(', ')}`;
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
