import { jsonLine } from './report/json-line.ts';
import { formatTable } from './report/format-table.ts';
import { writeDocs } from './report/write-docs.ts';
import { benchHelp, parseBenchOptions } from './run/parse-bench-options.ts';
import { runBench } from './run/run-bench.ts';

// `pnpm bench:delta`: the engine against its peers and the machine's own limits. Progress goes to standard error, the
// table and one line of JSON to standard output. The exit status is 1 when bytes differ or a command fails, never for speed.

async function main(args: readonly string[]): Promise<void> {
  const options = parseBenchOptions(args);
  if (options === 'help') {
    console.log(benchHelp);
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const startedMs = performance.now();
  const { rows, facts } = await runBench(options, (line) => console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s  ${line}`));
  console.log(formatTable(rows));
  for (const failure of facts.failures) console.log(`\nFAILED ${failure}`);
  console.log(`\n${jsonLine(rows, facts)}`);
  if (options.writeDocs) writeDocs(rows, facts);
  if (facts.failures.length > 0) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench:delta: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
