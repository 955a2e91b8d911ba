import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('hostile bodies of up to 100 MB are refused by a process with a heap of 48 MiB', () => {
  const child = fileURLToPath(new URL('hostile-child.ts', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--max-old-space-size=48', '--no-warnings', '--conditions=@winre-kit/source', child], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const outcomes = stdout.trim().split('\n').map((line) => JSON.parse(line) as { name: string; outcome: string });
  expect(outcomes.filter(({ outcome }) => outcome !== 'invalid-argument')).toEqual([{ name: 'zeros', outcome: 'unsupported', cpuMs: expect.any(Number) as number }]);
  expect([outcomes.length, status]).toEqual([17, 0]);
});
