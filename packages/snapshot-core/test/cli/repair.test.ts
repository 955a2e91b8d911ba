import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { damageFile, filesIn } from '../repair/repair-world.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { runCommand } from './start-command.ts';

test('repair mends what can be mended, names the rest with status 4, and forgets it when told to', { timeout: 60_000 }, async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  const path = join(scratch, 'repository');
  const run = (...values: string[]) => runCommand(['--repo', path, ...values]);
  writeFileSync(join(volume, 'a'), seededBytes(1, 50_000));
  await run('init', '--profile', 'small');
  await run('backup', volume);
  expect(await run('repair')).toMatchObject({ status: 0, stdout: 'there is nothing to repair\n' });
  rmSync(join(path, 'config', 'copy'));
  // The object kind stands behind magic, version and flags.
  damageFile(filesIn(path, 'packs').find((pack) => readFileSync(pack)[12] === 0) ?? '', 100);
  expect(await run('check', '--read-data')).toMatchObject({ status: 4 });
  const planned = await run('--json', 'repair', '--dry-run');
  expect(planned.status).toBe(0);
  expect(planned.messages().map(({ type, action }) => action ?? type)).toEqual(['write', 'condemn', 'replace', 'summary']);
  const done = await run('repair');
  expect(done).toMatchObject({ status: 0, stdout: expect.stringMatching(/^replace snapshot\/[\da-f]{32}: .*; it is now [\da-f]{32}$/m) });
  expect(await run('restore', 'latest', '--target', join(scratch, 'restored'))).toMatchObject({ status: 3, stderr: expect.stringContaining('lost in the repository') });
  await run('prune', '--grace', '0');
  await run('prune', '--grace', '0');
  expect(await run('check', '--read-data')).toMatchObject({ status: 0 });
  const [record = ''] = filesIn(path, 'snapshots');
  damageFile(record, 40);
  expect(await run('repair')).toMatchObject({ status: 4, stdout: expect.stringContaining('CANNOT BE REPAIRED') });
  expect(await run('repair', '--forget-unrepairable')).toMatchObject({ status: 0 });
  expect(filesIn(path, 'snapshots')).toEqual([]);
});
