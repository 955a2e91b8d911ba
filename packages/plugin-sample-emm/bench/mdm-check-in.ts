import { checkInHelp, parseCheckInOptions } from './check-in/parse-check-in-options.ts';
import { formatCheckIn, jsonLineOf } from './check-in/format-check-in.ts';
import { runCheckIn } from './check-in/run-check-in.ts';
import { writeCheckInDocs } from './check-in/write-check-in-docs.ts';

// `pnpm bench:mdm`: a whole fleet checks in with the sample EMM at the same moment. Progress goes to standard error, the table and one line of JSON to
// standard output. The exit status is 1 when a session failed or a device has not what it should, never for speed.

async function main(args: readonly string[]): Promise<void> {
  const options = parseCheckInOptions(args);
  if (options === 'help') {
    console.log(checkInHelp);
    return;
  }
  const startedMs = performance.now();
  const report = await runCheckIn(options, (line) => console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s  ${line}`));
  console.log(formatCheckIn(report));
  for (const failure of report.failures) console.log(`\nFAILED ${failure}`);
  console.log(`\n${jsonLineOf(report)}`);
  if (options.writeDocs) writeCheckInDocs(report);
  if (report.failures.length > 0) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench:mdm: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
