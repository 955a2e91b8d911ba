import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createProgram } from '../create-program.ts';
import { tableOf } from './command-table.ts';
import { quote } from './quote.ts';
import { renderBashCompletion } from './render-bash.ts';
import { renderFishCompletion } from './render-fish.ts';
import { renderZshCompletion } from './render-zsh.ts';

const table = tableOf(createProgram({ stdout: process.stdout, stderr: process.stderr }, async () => {}));

/** What bash would offer for a line whose last word is being typed. */
function completeInBash(...words: readonly string[]): string[] {
  const script = `${renderBashCompletion(table)}\nCOMP_WORDS=(${words.map(quote).join(' ')}); COMP_CWORD=${words.length - 1}; _winre_snapshot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: '/' }).split('\n').filter((word) => word !== '');
}

test('bash reads the script without complaint', () => {
  expect(() => execFileSync('bash', ['-n'], { input: renderBashCompletion(table), stdio: 'pipe' })).not.toThrow();
});

test('bash offers verbs, options, choices and files, each where it belongs', () => {
  expect(completeInBash('winre-snapshot', 'sn')).toEqual(['snapshots']);
  expect(completeInBash('winre-snapshot', '--repo', '/backup', 'rest')).toEqual(['restore']);
  expect(completeInBash('winre-snapshot', '--repo', 'restore', 'back'), 'the value of an option is no verb').toEqual(['backup']);
  expect(completeInBash('winre-snapshot', 'restore', '--over')).toEqual(['--overwrite']);
  expect(completeInBash('winre-snapshot', 'init', '--profile', '')).toEqual(['small', 'volume', 'large']);
  expect(completeInBash('winre-snapshot', 'schedule', 'ru')).toEqual(['run']);
  expect(completeInBash('winre-snapshot', 'schedule', 'run', '--onc')).toEqual(['--once']);
  expect(completeInBash('winre-snapshot', 'completion', 'f')).toEqual(['fish']);
  // Names of files are bash's own business: it knows about spaces, quotes and ~.
  expect(completeInBash('winre-snapshot', 'restore', 'latest', '--target', 're')).toEqual([]);
  expect(completeInBash('winre-snapshot', 'backup', 'et')).toEqual([]);
  expect(renderBashCompletion(table)).toContain('complete -o default -F');
});

test('every verb and option is in every script, and quotes hold whatever a description says', () => {
  const names = table.flatMap(({ path, options }) => [...path.slice(-1), ...options.flatMap(({ names }) => names.filter((name) => name.startsWith('--')).map((name) => name.slice(2)))]);
  for (const script of [renderBashCompletion(table), renderZshCompletion(table), renderFishCompletion(table)]) for (const name of names) expect(script).toContain(name);
  const hostile = [{ path: ['x'], description: "it's `rm` $(x) [a]:b", options: [{ names: ['--y'], description: "it's [a]:b `c` $(d)", takesValue: true, choices: [] }], verbs: [], choices: [] }];
  for (const render of [renderBashCompletion, renderZshCompletion, renderFishCompletion]) execFileSync('bash', ['-n'], { input: render(hostile).replaceAll(/^ *\((?='x'\))/gm, '') });
});
