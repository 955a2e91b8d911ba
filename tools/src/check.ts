import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { selectSteps, type CheckStep } from './check-steps.ts';

interface StepResult {
  readonly name: string;
  readonly seconds: number;
  /** Undefined when the step passed. */
  readonly failure: string | undefined;
}

/** Runs one step with its real output on the terminal. Extra arguments (`--update`) go to the step's program. */
function runStep({ name, promise, command: [program, ...rest] }: CheckStep, extra: readonly string[]): StepResult {
  console.log(`\n── ${name}: ${promise}`);
  const begin = performance.now();
  const path = join(process.cwd(), 'node_modules', '.bin') + delimiter + process.env['PATH'];
  const child = spawnSync(program, [...rest, ...extra], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  const seconds = (performance.now() - begin) / 1_000;
  if (child.error !== undefined) return { name, seconds, failure: child.error.message };
  return { name, seconds, failure: child.status === 0 ? undefined : (child.signal ?? `exit code ${child.status}`) };
}

/** Runs every chosen step, whatever the ones before it said, and prints which failed. Returns the exit code. */
function runChecks(steps: readonly CheckStep[], extra: readonly string[]): 0 | 1 {
  const results = steps.map((step) => runStep(step, extra));
  console.log();
  for (const { name, seconds, failure } of results) {
    console.log(`${failure === undefined ? 'passed' : 'FAILED'}  ${name.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s${failure === undefined ? '' : `  ${failure}`}`);
  }
  const failed = results.filter(({ failure }) => failure !== undefined);
  console.log(failed.length === 0 ? `\nall ${results.length} checks passed` : `\n${failed.length} of ${results.length} checks failed: ${failed.map(({ name }) => name).join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  const words = process.argv.slice(2);
  const names = words.filter((word) => !word.startsWith('-'));
  const extra = words.filter((word) => word.startsWith('-'));
  if (extra.length > 0 && names.length !== 1) {
    console.error(`${extra.join(' ')} needs exactly one check to go to, as in: pnpm check exports --update`);
    process.exitCode = 2;
  } else {
    try {
      process.exitCode = runChecks(selectSteps(names), extra);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      console.error(error.message);
      process.exitCode = 2;
    }
  }
}
