import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * `changeset status` compares with the base branch, so it needs the history of both.
 * In a shallow clone, or a copy without git, there is nothing to compare with: it says so and passes.
 */
function checkChangeset(): number | null {
  const { baseBranch } = JSON.parse(readFileSync('.changeset/config.json', 'utf8')) as { baseBranch: string };
  const base = [baseBranch, `origin/${baseBranch}`].find((branch) => spawnSync('git', ['merge-base', 'HEAD', branch]).status === 0);
  if (base === undefined) {
    console.log(`not compared: there is no common history with "${baseBranch}" in this copy`);
    return 0;
  }
  return spawnSync('changeset', ['status', `--since=${base}`], { stdio: 'inherit' }).status;
}

if (import.meta.main) process.exitCode = checkChangeset() ?? 1;
