import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTree } from '../support/describe-tree.ts';
import { openBench, snapshotOf } from './open-bench.ts';
import { runCommand } from './start-command.ts';

describe('a tree', () => {
  test('is backed up, listed, checked and restored, whole and in part', async () => {
    const { folder, tree, run } = await openBench();
    const first = await run('backup', tree, '--json', '--label', 'nightly');
    expect(first.status).toBe(0);
    expect(first.summary()).toMatchObject({ type: 'summary', verb: 'backup', files: { new: 2 }, symlinks: 1, snapshot: { kind: 'tree', path: tree, labels: ['nightly'], incomplete: false } });
    const { id } = snapshotOf(first);
    const listed = await run('snapshots');
    expect(listed.stdout).toContain(id.slice(0, 8));
    expect(listed.stdout).toContain('nightly');
    expect(await run('restore', id.slice(0, 6), '--target', join(folder, 'whole'))).toMatchObject({ status: 0 });
    expect(await describeTree(join(folder, 'whole'))).toEqual(await describeTree(tree));
    expect(await run('restore', 'latest', '-t', join(folder, 'part'), '--path', 'documents')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'part/documents/letter.txt'), 'utf8')).toBe('Dear Ada\n');
    await expect(readFile(join(folder, 'part/large.bin'))).rejects.toThrow('ENOENT');
    expect(await run('check', '--read-data')).toMatchObject({ status: 0, stdout: expect.stringContaining('no damage found') });
  });

  test('is restored in part by the path it had, too, and never to a directory called -', async () => {
    const { folder, tree, run } = await openBench();
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    const part = await run('restore', 'latest', '--target', join(folder, 'part'), '--path', join(tree, 'documents'));
    expect(part).toMatchObject({ status: 0, stdout: expect.stringContaining(`from snapshot ${id.slice(0, 8)} of`) });
    expect(await readdir(join(folder, 'part'))).toEqual(['documents']);
    expect(await run('restore', 'latest', '--target', join(folder, 'part'), '--path', folder)).toMatchObject({ status: 2 });
    expect(await run('restore', 'latest', '--target', '-')).toMatchObject({ status: 2, stderr: expect.stringContaining('standard output takes an image only') });
  });

  test('is compared with the latest snapshot of the same host, kind and path, unless told otherwise', async () => {
    const { tree, run } = await openBench();
    const first = snapshotOf(await run('backup', tree, '--json'));
    expect(snapshotOf(await run('backup', tree, '--json', '--host', 'another'))).not.toHaveProperty('parentId');
    expect(snapshotOf(await run('backup', join(tree, 'documents'), '--json'))).not.toHaveProperty('parentId');
    const second = snapshotOf(await run('backup', tree, '--json'));
    expect(second.parentId).toBe(first.id);
    expect(snapshotOf(await run('backup', tree, '--json', '--no-parent'))).not.toHaveProperty('parentId');
    expect(snapshotOf(await run('backup', tree, '--json', '--parent', first.id)).parentId).toBe(first.id);
  });

  test('is taken without what is excluded', async () => {
    const { folder, tree, run } = await openBench();
    await run('backup', tree, '--exclude', join(tree, 'documents'));
    expect(await run('restore', 'latest', '--target', join(folder, 'out')), 'nothing is missing that was wanted').toMatchObject({ status: 0, stderr: expect.stringContaining('documents') });
    expect(await readdir(join(folder, 'out'))).toEqual(['large.bin', 'link']);
    expect(await run('backup', tree, '--exclude', join(tree, 'nothing'))).toMatchObject({ status: 2, stderr: expect.stringContaining('--exclude') });
  });

  test('files that are there already stay, and the exit status says so, unless --overwrite', async () => {
    const { folder, tree, run } = await openBench();
    await run('backup', tree);
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/large.bin'), 'mine');
    const kept = await run('restore', 'latest', '--target', join(folder, 'out'));
    expect(kept).toMatchObject({ status: 3, stderr: expect.stringContaining('large.bin') });
    expect(await readFile(join(folder, 'out/large.bin'), 'utf8')).toBe('mine');
    expect(await run('restore', 'latest', '--target', join(folder, 'out'), '--overwrite')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'out/large.bin'))).toHaveLength(300_000);
  });
});

describe('an image', () => {
  test('is backed up, and restored to a file that is not there yet', async () => {
    const { folder, tree, run } = await openBench();
    const image = join(tree, 'large.bin');
    expect(await run('backup', image)).toMatchObject({ status: 2, stderr: expect.stringContaining('--image') });
    expect(snapshotOf(await run('backup', '--image', image, '--json'))).toMatchObject({ kind: 'image', path: image });
    const target = join(folder, 'restored.raw');
    expect(await run('restore', 'latest', '--target', target)).toMatchObject({ status: 0 });
    expect((await readFile(target)).equals(await readFile(image))).toBe(true);
    expect(await run('restore', 'latest', '--target', target)).toMatchObject({ status: 2, stderr: expect.stringContaining('--overwrite') });
    await writeFile(target, 'shorter');
    expect(await run('restore', 'latest', '--target', target, '--overwrite')).toMatchObject({ status: 0 });
    expect((await readFile(target)).equals(await readFile(image))).toBe(true);
    expect(await run('restore', 'latest', '--target', target, '--path', 'x')).toMatchObject({ status: 2 });
    expect(await run('restore', 'latest', '--target', folder, '--overwrite')).toMatchObject({ status: 1, stderr: expect.stringContaining('is a directory') });
  });

  test('is compared by its changed ranges alone, when a snapshot since which they were tracked is named', async () => {
    const { folder, run } = await openBench();
    const [image, changes, target] = [join(folder, 'disk.raw'), join(folder, 'changes.txt'), join(folder, 'restored.raw')];
    const bytes = Buffer.alloc(3_000_000, 'image');
    await writeFile(image, bytes);
    const { id } = snapshotOf(await run('backup', '--image', image, '--json'));
    bytes.fill('x', 2_000_000, 2_000_100);
    await writeFile(image, bytes);
    await writeFile(changes, '2000000 100\n');
    expect(await run('backup', '--image', image, '--changed-ranges', changes)).toMatchObject({ status: 2, stderr: expect.stringContaining('--parent') });
    expect(await run('backup', '--image', image, '--parent', id, '--changed-ranges', changes)).toMatchObject({ status: 0 });
    await run('restore', 'latest', '--target', target);
    expect((await readFile(target)).equals(bytes)).toBe(true);
  });

  test('that cannot be restored whole leaves no new file behind', async () => {
    const { folder, tree, run } = await openBench();
    await run('backup', '--image', join(tree, 'large.bin'));
    await rm(join(folder, 'repository/packs'), { recursive: true });
    expect(await run('restore', 'latest', '--target', join(folder, 'restored.raw'))).toMatchObject({ status: 4 });
    await expect(readFile(join(folder, 'restored.raw'))).rejects.toThrow('ENOENT');
  });

  test('a stream goes in through standard input and comes out through standard output', async () => {
    const { folder } = await openBench();
    const repo = ['--repo', join(folder, 'repository')];
    const bytes = 'line\n'.repeat(50_000);
    const taken = await runCommand([...repo, 'backup', '-', '--stdin-name', 'dump.sql', '--json'], { input: bytes });
    expect(snapshotOf(taken)).toMatchObject({ kind: 'image', path: 'dump.sql', totalBytes: bytes.length });
    const restored = await runCommand([...repo, 'restore', 'latest', '--target', '-']);
    expect(restored).toMatchObject({ status: 0, stderr: '' });
    expect(restored.stdout === bytes).toBe(true);
    expect(await runCommand([...repo, 'restore', 'latest', '--target', '-', '--json'])).toMatchObject({ status: 2 });
  });
});
