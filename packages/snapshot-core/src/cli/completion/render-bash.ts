import type { CompletionVerb } from './command-table.ts';
import { quote } from './quote.ts';

/** A completion script for bash. Pure. */
export function renderBashCompletion(table: readonly CompletionVerb[]): string {
  const verbPaths = table.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(' ')));
  const withValue = [...new Set(table.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names)))];
  return `# bash completion of winre-snapshot
_winre_snapshot() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb='' word='' skip='' words=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$word" in
      ${withValue.map(quote).join('|')}) skip=1 ;;
      *) case "\${verb:+$verb }$word" in ${verbPaths.join('|')}) verb="\${verb:+$verb }$word" ;; esac ;;
    esac
  done
  case "$verb:$previous" in
${table.flatMap(choiceCases).join('\n')}
    *) if [[ -n $skip ]]; then return; fi ;;
  esac
  if [[ -z $words ]]; then
    case "$verb" in
${table.map(wordsCase).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
# Where this offers nothing, bash completes names of files, with their spaces and quotes.
complete -o default -F _winre_snapshot winre-snapshot`;
}

function choiceCases({ path, options }: CompletionVerb): string[] {
  return options.filter(({ choices }) => choices.length > 0)
    .map(({ names, choices }) => `    ${names.map((name) => quote(`${path.join(' ')}:${name}`)).join('|')}) words=${quote(choices.join(' '))} ;;`);
}

function wordsCase({ path, options, verbs, choices }: CompletionVerb): string {
  const named = [...verbs.map(({ name }) => name), ...choices].join(' ');
  return `      ${quote(path.join(' '))}) if [[ $current == -* ]]; then words=${quote(options.flatMap(({ names }) => names).join(' '))}; else words=${quote(named)}; fi ;;`;
}
