import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWorkspace } from './read-workspace.ts';

/** What judges a packed package: program and arguments before the tarball. Both look at what users will install. */
const judges: Readonly<Record<string, readonly [string, ...string[]]>> = {
  publint: ['publint', 'run', '--strict'],
  attw: ['attw', '--profile', 'esm-only', '--format', 'ascii', '--no-emoji'],
};

/** Packs every package with pnpm into a temporary folder and shows each tarball to the judge. Returns what it did not like. */
function checkPacked(root: string, [program, ...rest]: readonly [string, ...string[]]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'winre-kit-packed-'));
  try {
    return readWorkspace(root).flatMap(({ folder: name }) => {
      const target = join(folder, name);
      const packed = spawnSync('pnpm', ['--dir', join('packages', name), 'pack', '--pack-destination', target], { cwd: root, encoding: 'utf8' });
      if (packed.error !== undefined) return [`${name}: pnpm could not be started (${packed.error.message}); run this as \`pnpm check\``];
      if (packed.status !== 0) return [`${name}: pnpm pack failed\n${packed.stdout}${packed.stderr}`];
      const [tarball = ''] = readdirSync(target);
      const verdict = spawnSync(program, [...rest, join(target, tarball)], { cwd: root, encoding: 'utf8' });
      if (verdict.status !== 0) return [`${name}: ${program} found something in ${tarball}\n${verdict.stdout}${verdict.stderr}`];
      console.log(`${program}: ${tarball} is well`);
      return [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const judge = judges[process.argv[2] ?? ''];
  if (judge === undefined) throw new RangeError(`Name the judge: ${Object.keys(judges).join(' or ')}`);
  const failures = checkPacked(process.cwd(), judge);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
