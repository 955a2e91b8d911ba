import { Command, type Option } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { addGlobalFlags } from './global-flags.ts';
import { programVersion } from './program-version.ts';
import type { Surroundings } from './surroundings.ts';
import type { RunVerb } from './verb.ts';
import { verbs } from './verbs/verbs.ts';

/**
 * Builds the command with all its verbs. Parsing it throws `CommanderError` where other programs would exit.
 *
 * @param run called with the verb that was chosen
 * @param options `isSilent`: says nothing about wrong usage; the error that is thrown does
 */
export function createProgram({ stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>, run: RunVerb, { isSilent = false }: { readonly isSilent?: boolean } = {}): Command {
  const program = new Command('winre-snapshot')
    .description('Restore points of directory trees, volumes and streams: taken, checked, restored, rolled back.')
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help for a verb')
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: (command) => (command.parent === null ? [] : optionsOfAll(command)) })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => void (isSilent || stderr.write(text)),
      outputError: (text, write) => write(`winre-snapshot: ${text.replace(/^error: /, '')}`),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', `\n${describeExits()}\n\nEnvironment: WINRE_SNAPSHOT_REPOSITORY stands for --repo; WINRE_SNAPSHOT_DEBUG=1 shows where an error happened.`)
    .exitOverride();
  addGlobalFlags(program);
  for (const define of verbs) define(program, run);
  return program;
}

/** What every verb takes; the version is nobody's business there. */
function optionsOfAll(command: Command): Option[] {
  const program = command.parent?.parent ?? command.parent;
  return (program?.options ?? []).filter(({ long }) => long !== '--version');
}

function describeExits(): string {
  return ['Exit status:', ...Object.values(exitCodes).map(({ status, meaning }) => `  ${String(status).padEnd(4)} ${meaning}`)].join('\n');
}
