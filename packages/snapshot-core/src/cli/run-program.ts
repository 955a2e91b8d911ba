import { CommanderError } from 'commander';
import { createProgram } from './create-program.ts';
import { exitCodes, exitOf, type ExitName } from './exit-codes.ts';
import type { GlobalFlags } from './global-flags.ts';
import { createCredentialSource } from './keys/credential-source.ts';
import { describeError, describeUsageError } from './output/describe-error.ts';
import { createProgramOutput } from './output/program-output.ts';
import type { Surroundings } from './surroundings.ts';
import type { RunVerb, VerbWork } from './verb.ts';

/**
 * Runs the command once.
 *
 * The first stop signal aborts the work, which gives its leases back; the second ends the process at once.
 *
 * @param programArguments without the names of Node and of the script
 * @returns the exit status
 */
export async function runProgram(programArguments: readonly string[], surroundings: Surroundings): Promise<number> {
  let exit: ExitName = 'done';
  const isForPrograms = programArguments.includes('--json');
  const runVerb: RunVerb = async (command, work) => {
    exit = await runWork(command.optsWithGlobals<GlobalFlags>(), work, surroundings);
  };
  try {
    // Options are not known yet where they are wrong: the word itself has to do.
    await createProgram(surroundings, runVerb, { isSilent: isForPrograms }).parseAsync([...programArguments], { from: 'user' });
  } catch (error) {
    // Help and version are told by throwing, too.
    if (error instanceof CommanderError) {
      exit = error.exitCode === 0 ? 'done' : 'wrongUsage';
      if (exit === 'wrongUsage' && isForPrograms) surroundings.stderr.write(`${JSON.stringify({ type: 'error', ...describeUsageError(error), exitStatus: exitCodes[exit].status })}\n`);
    } else exit = await runWork({}, async () => { throw error; }, surroundings);
  }
  return exitCodes[exit].status;
}

async function runWork(flags: GlobalFlags, work: VerbWork, surroundings: Surroundings): Promise<ExitName> {
  const { clock, stdout, stderr, env } = surroundings;
  const output = createProgramOutput({ stdout, stderr, clock, json: flags.json === true, quiet: flags.quiet === true });
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) surroundings.exit(exitCodes.interrupted.status);
    stop.abort(new DOMException('interrupted', 'AbortError'));
  };
  const offStop = surroundings.onStop(interrupt);
  try {
    const asking = { surroundings, signal: stop.signal, interrupt };
    return await work({ ...asking, flags, output, credentials: createCredentialSource(asking, flags) });
  } catch (error) {
    const exit = stop.signal.aborted ? 'interrupted' : exitOf(error);
    output.fail({ ...describeError(error, stop.signal), exitStatus: exitCodes[exit].status }, env['WINRE_SNAPSHOT_DEBUG'] === '1' ? error : undefined);
    return exit;
  } finally {
    offStop();
    output.endProgress();
  }
}
