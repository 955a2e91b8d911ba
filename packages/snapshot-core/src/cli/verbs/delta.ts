import type { Command } from 'commander';
import { createDelta } from '../../index.ts';
import { examples } from '../examples.ts';
import type { ExitName } from '../exit-codes.ts';
import { formatBytes } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import { parseCount } from '../parse-values.ts';
import { findDeltaEnd, holdEnds } from '../target/delta-end.ts';
import type { DefineVerb, VerbContext } from '../verb.ts';

interface DeltaFlags {
  readonly output: string;
  readonly level?: number;
  readonly workers?: number;
}

/** `delta`: one file that turns an image into another. */
export const defineDelta: DefineVerb = (program, run) => {
  program
    .command('delta')
    .summary('make a file that turns one image into another')
    .description('Makes one self-contained file that turns FROM into TO, for shipping. Each is an image snapshot, or a file or block device;\na name that is both is the file, snapshot:NAME the snapshot.')
    .argument('<from>', 'what the other side has')
    .argument('<to>', 'what it shall have')
    .requiredOption('-o, --output <file>', 'the delta; must not exist')
    .option('--level <number>', 'of zstd, 1 to 19 (default: 1)', parseCount(1))
    .option('--workers <count>', 'threads to use; 0 for none beside the main one (default: by the number of processors)', parseCount(0))
    .addHelpText('after', examples('delta 3fa94c01 latest --output v1-v2.delta', 'delta v1.raw v2.raw --output v1-v2.delta'))
    .action((from: string, to: string, flags: DeltaFlags, command: Command) => run(command, (context) => delta(context, from, to, flags)));
};

async function delta(context: VerbContext, fromName: string, toName: string, { output: path, level, workers }: DeltaFlags): Promise<ExitName> {
  const { output, signal } = context;
  const [from, to] = [await findDeltaEnd(context, fromName), await findDeltaEnd(context, toName)];
  const report = await holdEnds(context, [from, to], () => createDelta(from, to, path, {
    signal, ...(level !== undefined && { level }), ...(workers !== undefined && { workers }),
    onProgress: ({ bytesDone, totalBytes }) => output.progress({ phase: 'delta', bytesDone, bytesTotal: totalBytes }),
  }));
  output.endProgress();
  output.note({ type: 'summary', verb: 'delta', output: path, ...report }, () => {
    const { storedBytes, copiedBytes, zeroBytes, newBytes, resultBytes } = report;
    return `${printable(path)}: ${formatBytes(storedBytes)} for ${formatBytes(resultBytes)}, of which ${formatBytes(copiedBytes)} are copied, ${formatBytes(zeroBytes)} zero and ${formatBytes(newBytes)} new`;
  });
  return 'done';
}
