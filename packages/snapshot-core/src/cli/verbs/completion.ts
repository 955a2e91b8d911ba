import { Argument, type Command } from 'commander';
import { renderBashCompletion } from '../completion/render-bash.ts';
import { renderFishCompletion } from '../completion/render-fish.ts';
import { renderZshCompletion } from '../completion/render-zsh.ts';
import { tableOf } from '../completion/command-table.ts';
import { examples } from '../examples.ts';
import type { DefineVerb } from '../verb.ts';

const renderers = { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion } as const;

/** `completion`: prints a script that completes this command in a shell, made from the same table as its help. */
export const defineCompletion: DefineVerb = (program, run) => {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script that completes verbs, options and files in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(renderers)))
    .addHelpText('after', examples('completion bash > /etc/bash_completion.d/winre-snapshot', 'completion zsh > "${fpath[1]}/_winre-snapshot"', 'completion fish > ~/.config/fish/completions/winre-snapshot.fish'))
    .action((shell: keyof typeof renderers, _flags: unknown, command: Command) => run(command, async ({ output }) => {
      const script = renderers[shell](tableOf(program));
      output.tell({ type: 'completion', shell, script }, () => script);
      return 'done';
    }));
};
