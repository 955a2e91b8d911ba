import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../test/support/scratch.ts';

/** Shared with the tests of the command: most of the time of a start goes into compiling the same modules. */
const compileCache = join(tmpdir(), 'winre-snapshot-compile-cache');
const program = fileURLToPath(new URL('./delta.ts', import.meta.url));

it('runs with tiny data and without any peer, and leaves nothing behind', async () => {
  const work = scratchDirectory();
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--quick', '--scale', 'tiny', '--from-source', '--peers', 'none', '--ours', 'zstd', '--only', 'image,tree,delta', '--work', work], { env: { ...process.env, NODE_COMPILE_CACHE: compileCache } });
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readonly bench: string; readonly rows: readonly { readonly work: string; readonly ours: number; readonly limit: number | null }[] };
  expect(report.bench).toBe('delta');
  const works = report.rows.map(({ work }) => work);
  expect(works).toEqual(expect.arrayContaining(['first snapshot, zstd', 'restore, zstd', 'rollback in place, zstd', 'small files, restore', 'delta between the versions']));
  for (const { ours } of report.rows) expect(ours).toBeGreaterThan(0);
  expect(stdout).toMatch(/^\| first snapshot, zstd +\|/m);
  expect(readdirSync(work)).toEqual([]);
}, 60_000);
