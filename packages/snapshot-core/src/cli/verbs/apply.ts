import type { Command } from 'commander';
import { applyDelta } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatBytes } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { parseCount } from '../parse-values.ts';
import { findDeltaEnd, holdEnds } from '../target/delta-end.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface ApplyFlags {
  readonly base: string;
  readonly output: string;
  readonly workers?: number;
}

/** `apply`: makes what a delta leads to. */
export const defineApply: DefineVerb = (program, run) => {
  program
    .command('apply')
    .summary('make the image that a delta leads to')
    .description('Makes the image that a delta leads to from the base it was made from. Every byte is verified before the file appears under its name.')
    .argument('<delta>', 'file that delta made')
    .requiredOption('-b, --base <file>', 'file or block device, or an image snapshot: what the delta was made from')
    .requiredOption('-o, --output <file>', 'the new image; must not exist')
    .option('--workers <count>', 'threads to use; 0 for none beside the main one (default: by the number of processors)', parseCount(0))
    .addHelpText('after', examples('apply v1-v2.delta --base v1.raw --output v2.raw'))
    .action((delta: string, flags: ApplyFlags, command: Command) => run(command, (context) => apply(context, delta, flags)));
};

async function apply(context: VerbContext, delta: string, { base, output: path, workers }: ApplyFlags): Promise<ExitName> {
  const { output, signal } = context;
  const from = await findDeltaEnd(context, base);
  const { resultBytes, storedBytes } = await holdEnds(context, [from], () => applyDelta(delta, from, path, {
    signal, ...(workers !== undefined && { workers }),
    onProgress: ({ bytesDone, totalBytes }) => output.progress({ phase: 'apply', bytesDone, bytesTotal: totalBytes }),
  }));
  output.endProgress();
  output.note({ type: 'summary', verb: 'apply', delta, output: path, resultBytes, storedBytes }, () => `${printable(path)}: ${formatBytes(resultBytes)} made from a delta of ${formatBytes(storedBytes)}`);
  return 'done';
}
