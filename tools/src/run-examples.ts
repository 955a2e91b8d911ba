import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Example {
  readonly folder: string;
  readonly hasStart: boolean;
}

/** Every folder below `examples/`; each is a package whose `start` script must exit with 0. */
export function listExamples(root: string): Example[] {
  return readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((item) => item.isDirectory())
    .map(({ name }) => {
      const manifest = JSON.parse(readFileSync(join(root, 'examples', name, 'package.json'), 'utf8')) as { scripts?: { start?: string } };
      return { folder: `examples/${name}`, hasStart: manifest.scripts?.start !== undefined };
    })
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Runs every example one after another with its output shown, and returns those that failed, with the reason. */
export function runExamples(root: string): string[] {
  const examples = listExamples(root);
  if (examples.length === 0) return ['examples/ is empty'];
  return examples.flatMap(({ folder, hasStart }) => {
    if (!hasStart) return [`${folder} has no "start" script`];
    console.log(`\n── ${folder}`);
    const child = spawnSync('pnpm', ['--silent', '--dir', folder, 'run', 'start'], { cwd: root, stdio: 'inherit' });
    if (child.error !== undefined) return [`${folder} could not be started: ${child.error.message}`];
    return child.status === 0 ? [] : [`${folder} ended with ${child.signal ?? `exit code ${child.status}`}`];
  });
}

if (import.meta.main) {
  const failures = runExamples(process.cwd());
  for (const failure of failures) console.error(`failed: ${failure}`);
  console.log(failures.length === 0 ? '\nevery example ended with exit code 0' : `\n${failures.length} example(s) failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
