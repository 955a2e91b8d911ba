import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRepository, restoreSnapshot } from '../../src/index.ts';
import { runChild } from '../faults/run-child.ts';
import { describeTree } from '../support/describe-tree.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { put, snapshotInFolder } from './tree-to-restore.ts';

const child = new URL('../faults/restoring-child.ts', import.meta.url);
const seeds = usualOrLong(3, 60);

test('a restore killed at any call of any of its threads leaves nothing outside the target, and the next one finishes it', { timeout: usualOrLong(120_000, 3_000_000) }, async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (let folder = 0; folder < 30; folder++) for (let file = 0; file < 10; file++) put(volume, `folder-${folder % 7}/sub-${folder}/file-${file}`, seededBytes(folder, 300 * file));
  put(volume, 'sub/large', seededBytes(1, 8_500_000));
  const path = join(scratch, 'repository');
  const { id } = await snapshotInFolder(path, volume);
  const wanted = await describeTree(volume);
  const repositoryFiles = () => readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('leases')).toSorted();
  const stored = repositoryFiles();

  const counted = await runChild(child, path, id, join(scratch, 'counted'), '0');
  expect(counted).toMatchObject({ signal: null, status: 0, errors: '' });
  const calls = Number(counted.output);
  expect(calls).toBeGreaterThan(300);
  for (let seed = 0; seed < seeds; seed++) {
    const target = join(scratch, `target-${seed}`);
    const killAt = 1 + Math.floor(((seed + 0.5) * calls) / seeds);
    const ended = await runChild(child, path, id, target, String(killAt));
    expect(ended.signal === 'SIGKILL' || ended.status === 0, `call ${killAt}: ${ended.errors}`).toBe(true);
    expect(readdirSync(scratch).filter((name) => !name.startsWith('target-')).toSorted()).toEqual(['counted', 'repository', 'volume']);
    expect(repositoryFiles()).toEqual(stored);
    const known = new Set(wanted.map((line) => line.split(' ')[0]));
    // Temporary files of what was written carefully may stay; nothing else is there that was not asked for.
    expect(readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) => !known.has(name) && !name.includes('.winre-kit-'))).toEqual([]);
    expect(await restoreSnapshot(await openRepository({ path }), id, target, { workers: 2, overwrite: true })).toMatchObject({ complete: true });
    expect((await describeTree(target)).filter((line) => !line.includes('.winre-kit-'))).toEqual(wanted);
  }
});
