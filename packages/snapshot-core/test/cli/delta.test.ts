import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBench, snapshotOf } from './open-bench.ts';

test('a delta between two snapshots turns the one image into the other, elsewhere', async () => {
  const { folder, tree, run } = await openBench();
  const [image, base, delta, made] = ['disk.raw', 'base.raw', 'v1-v2.delta', 'made.raw'].map((name) => join(folder, name)) as [string, string, string, string];
  const bytes = Buffer.alloc(500_000, 'image of a disk ');
  await writeFile(image, bytes);
  await writeFile(base, bytes);
  const from = snapshotOf(await run('backup', '--image', image, '--json')).id;
  bytes.fill('changed', 200_000, 210_000);
  await writeFile(image, bytes);
  await run('backup', '--image', image);
  const report = (await run('delta', from, 'latest', '--output', delta, '--json')).summary();
  expect(report).toMatchObject({ verb: 'delta', baseBytes: 500_000, resultBytes: 500_000 });
  expect(Number(report['storedBytes'])).toBeLessThan(20_000);
  expect(await run('apply', delta, '--base', base, '--output', made)).toMatchObject({ status: 0 });
  expect((await readFile(made)).equals(bytes)).toBe(true);
  expect((await run('delta', base, image, '--output', join(folder, 'files.delta'), '--json')).summary(), 'files in the place of snapshots').toMatchObject({ verb: 'delta', resultBytes: 500_000 });
  expect(await run('apply', delta, '--base', `snapshot:${from}`, '--output', join(folder, 'again.raw'))).toMatchObject({ status: 0 });
  // What is there stays, and nothing is left of what was refused.
  expect(await run('apply', delta, '--base', base, '--output', made)).toMatchObject({ status: 1 });
  await writeFile(image, Buffer.alloc(500_000, 'another image'));
  expect(await run('apply', delta, '--base', image, '--output', join(folder, 'wrong.raw'))).toMatchObject({ status: 1, stderr: expect.stringContaining('delta/wrong-base') });
  await run('backup', tree);
  expect(await run('delta', from, 'latest', '--output', join(folder, 'tree.delta'))).toMatchObject({ status: 2, stderr: expect.stringContaining('snapshot/wrong-kind') });
  expect(await run('delta', './nothing', image, '--output', join(folder, 'none.delta'))).toMatchObject({ status: 1, stderr: expect.stringContaining('source/unreadable') });
  expect((await readdir(folder)).toSorted()).toEqual(['again.raw', 'base.raw', 'disk.raw', 'files.delta', 'made.raw', 'repository', 'tree', 'v1-v2.delta']);
});
