import type { CompletionOption, CompletionVerb } from './command-table.ts';
import { quote } from './quote.ts';

/** A completion script for zsh. Pure. */
export function renderZshCompletion(table: readonly CompletionVerb[]): string {
  const paths = table.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(' ')));
  return `#compdef winre-snapshot
# zsh completion of winre-snapshot
_winre_snapshot() {
  local verb='' word=''
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${verb:+$verb }$word" in (${paths.join('|')}) verb="\${verb:+$verb }$word" ;; esac
  done
  case "$verb" in
${table.map(caseOf).join('\n')}
  esac
}
_winre_snapshot "$@"`;
}

function caseOf({ path, options, verbs, choices }: CompletionVerb): string {
  const words = [...verbs.map(({ name, description }) => quote(`${name}:${description.replaceAll(':', String.raw`\:`)}`)), ...choices.map(quote)];
  const describe = words.length === 0 ? '' : `local -a choices; choices=(${words.join(' ')}); [[ $PREFIX == -* ]] || _describe 'word' choices; `;
  return `    (${quote(path.join(' '))}) ${describe}_arguments -S ${options.flatMap(specsOf).map(quote).join(' ')} '*:file:_files' ;;`;
}

/** `--profile[size of chunks]:value:(small volume large)`, with the characters that mean something there escaped. */
function specsOf({ names, description, takesValue, choices }: CompletionOption): string[] {
  const told = description.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const value = takesValue ? `:value:${choices.length === 0 ? '_files' : `(${choices.join(' ')})`}` : '';
  return names.map((name) => `${name}[${told}]${value}`);
}
