import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function git(...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Asks for a changeset for each package that a branch changes, beside those that wait on the base branch already.
 *
 * That needs the history of both. In a copy without it there is nothing to compare with: it says so and passes.
 * On the base branch itself it only reads the waiting changesets, so a malformed one is found.
 */
function checkChangeset(): number | null {
  const { baseBranch } = JSON.parse(readFileSync('.changeset/config.json', 'utf8')) as { baseBranch: string };
  const base = [baseBranch, `origin/${baseBranch}`].find((branch) => git('merge-base', 'HEAD', branch) !== undefined);
  if (base === undefined) {
    console.log(`not compared: there is no common history with "${baseBranch}" in this copy`);
    return 0;
  }
  const isBase = git('merge-base', 'HEAD', base) === git('rev-parse', 'HEAD');
  return spawnSync('changeset', isBase ? ['status'] : ['status', `--since=${base}`], { stdio: 'inherit' }).status;
}

if (import.meta.main) process.exitCode = checkChangeset() ?? 1;
