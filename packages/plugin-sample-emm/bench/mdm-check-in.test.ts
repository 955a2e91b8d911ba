import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./mdm-check-in.ts', import.meta.url));

test('the bench runs with a few devices, finds every one as it should be, and leaves nothing behind', async () => {
  const work = await mkdtemp(join(tmpdir(), 'bench-mdm-test-'));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@winre-kit/source', program, '--from-source', '--devices', '10', '--work', work]);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readonly bench: string; readonly failures: readonly string[]; readonly waves: readonly object[] };
  expect(report).toMatchObject({ bench: 'mdm-check-in', devices: 10, failures: [] });
  expect(report.waves).toHaveLength(3);
  for (const wave of report.waves) expect(wave).toMatchObject({ sessions: 10, errors: 0 });
  expect(stdout).toMatch(/^\| the policy has changed +\|/m);
  expect(await readdir(work)).toEqual([]);
  await rm(work, { recursive: true });
}, 60_000);
