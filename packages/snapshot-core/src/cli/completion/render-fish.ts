import type { CompletionOption, CompletionVerb } from './command-table.ts';
import { quote } from './quote.ts';

/** A completion script for fish. Pure. */
export function renderFishCompletion(table: readonly CompletionVerb[]): string {
  return ['# fish completion of winre-snapshot', ...table.flatMap((verb) => linesOf(verb, table))].join('\n');
}

function linesOf({ path, verbs, options, choices }: CompletionVerb, table: readonly CompletionVerb[]): string[] {
  const own = path.length === 0 ? options : options.filter((option) => !(table[0]?.options.some(({ names }) => names.at(-1) === option.names.at(-1)) ?? false));
  const when = conditionOf(path, verbs.map(({ name }) => name));
  const always = path.length === 0 ? '' : ` -n ${quote(`__fish_seen_subcommand_from ${path.at(-1) ?? ''}`)}`;
  return [
    ...verbs.map(({ name, description }) => `complete -c winre-snapshot -n ${quote(when)} -f -a ${quote(name)} -d ${quote(description)}`),
    ...(choices.length === 0 ? [] : [`complete -c winre-snapshot${always} -f -a ${quote(choices.join(' '))}`]),
    ...own.map((option) => `complete -c winre-snapshot${always}${flagsOf(option)} -d ${quote(option.description)}`),
  ];
}

function conditionOf(path: readonly string[], below: readonly string[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  return `__fish_seen_subcommand_from ${path.at(-1) ?? ''}; and not __fish_seen_subcommand_from ${below.join(' ')}`;
}

function flagsOf({ names, takesValue, choices }: CompletionOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');
  return `${flags}${takesValue ? ' -r' : ''}${choices.length === 0 ? '' : ` -f -a ${quote(choices.join(' '))}`}`;
}
