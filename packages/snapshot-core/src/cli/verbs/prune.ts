import type { Command } from 'commander';
import { SnapshotError } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { leaseOf } from '../global-flags.ts';
import { tellPrune } from '../output/tell-prune.ts';
import { parseHours } from '../parse-values.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface PruneFlags {
  readonly dryRun?: boolean;
  /** Milliseconds. */
  readonly grace?: number;
  readonly exclusive?: boolean;
  readonly allowEmpty?: boolean;
}

/** `prune`: frees what no snapshot needs. */
export const definePrune: DefineVerb = (program, run) => {
  program
    .command('prune')
    .summary('free the space of forgotten snapshots')
    .description('Frees what no snapshot needs, in two steps: what is not needed is set aside now, and deleted by a later run after the grace time.\nSo a backup that runs at the same time loses nothing. No other process may hold the repository.')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--grace <hours>', 'how long something is set aside before a later run deletes it (default: 24)', parseHours)
    .option('--exclusive', 'your word that nobody else uses the repository meanwhile; asked for only by S3 servers that cannot create exclusively')
    .option('--allow-empty', 'your word that the repository is meant to hold no snapshot, and everything in it may go; asked for only after the last one was forgotten')
    .addHelpText('after', examples('prune', 'prune --dry-run', 'prune --grace 0'))
    .action((flags: PruneFlags, command: Command) => run(command, (context) => prune(context, flags)));
};

async function prune(context: VerbContext, { dryRun = false, grace, exclusive = false, allowEmpty = false }: PruneFlags): Promise<ExitName> {
  if (context.flags.ignoreLocks === true) throw new SnapshotError('argument/invalid', 'prune deletes, and does so only where nobody else is at work; leave --ignore-locks out. The lease of a machine that is down ends within half an hour: give --wait 1800');
  const repository = await openChosenRepository(context);
  const { waitAtMostMs } = leaseOf(context.flags);
  tellPrune(context, await repository.prune({ dryRun, exclusive, allowEmpty, ...(grace !== undefined && { graceMs: grace }), ...(waitAtMostMs !== undefined && { waitAtMostMs }), signal: context.signal }), dryRun);
  return 'done';
}
