import type { Command } from 'commander';

/** One option as completion needs it. */
export interface CompletionOption {
  /** `-r`, `--repo`: each that there is. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** All values there are, when they are few. */
  readonly choices: readonly string[];
}

/** One verb, or a verb of a verb, or the command itself. */
export interface CompletionVerb {
  /** Names from the command down: empty for the command itself, `['key', 'add']` for a verb of a verb. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletionOption[];
  readonly verbs: readonly { readonly name: string; readonly description: string }[];
  /** Words that stand as its first argument, when they are few. */
  readonly choices: readonly string[];
}

/** Everything that can be completed, the command itself first. Every verb also has the options of all. */
export function tableOf(program: Command): readonly CompletionVerb[] {
  const own = optionsOf(program).filter(({ names }) => !names.includes('--help') && !names.includes('--version'));
  return verbsBelow(program, []).map((verb) => (verb.path.length === 0 ? verb : { ...verb, options: [...verb.options, ...own] }));
}

function verbsBelow(command: Command, path: readonly string[]): CompletionVerb[] {
  const { commands, registeredArguments } = command;
  return [
    {
      path, description: command.summary(), options: optionsOf(command),
      verbs: commands.map((child) => ({ name: child.name(), description: child.summary() })),
      choices: registeredArguments[0]?.argChoices ?? [],
    },
    ...commands.flatMap((child) => verbsBelow(child, [...path, child.name()])),
  ];
}

function optionsOf(command: Command): CompletionOption[] {
  return command.createHelp().visibleOptions(command).map(({ short, long, description, required, optional, argChoices }) => ({
    names: [short, long].filter((name) => name !== undefined), description, takesValue: required || optional, choices: argChoices ?? [],
  }));
}
