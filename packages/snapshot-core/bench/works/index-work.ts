import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../run/bench-context.ts';
import { runCommand } from '../run/run-command.ts';

/** Memory of the chunk index at 1 and 4 TiB, by the index's own bench in a process of its own. */
export async function indexWork(context: BenchContext, isQuick: boolean): Promise<void> {
  context.say('index of 1 and 4 TiB');
  try {
    const bench = fileURLToPath(new URL('../index.ts', import.meta.url));
    const { output } = await runCommand({ program: process.execPath, args: [bench, '--json', ...(isQuick ? ['--quick'] : [])] });
    const cases = JSON.parse(output) as readonly { readonly case: string; readonly 'at most': string }[];
    for (const size of ['1 TiB', '4 TiB']) {
      const most = cases.filter(({ case: name }) => name.startsWith(size)).map((row) => Number(row['at most']));
      context.record({ work: 'index', contender: 'ours index', step: size, round: 1, measures: { bytesPerChunk: Math.max(...most) } });
    }
  } catch (error) {
    context.fail(`index: ${error instanceof Error ? error.message : String(error)}`);
  }
}
