import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository, rollback } from '../../src/index.ts';
import { describeTree } from '../support/describe-tree.ts';
import { openBench, snapshotOf } from './open-bench.ts';

describe('a tree is rolled back', () => {
  test('to its latest snapshot, and back again through the safety snapshot', async () => {
    const { tree, run } = await openBench();
    await run('backup', tree);
    const good = await describeTree(tree);
    await writeFile(join(tree, 'large.bin'), 'overwritten');
    await writeFile(join(tree, 'new.txt'), 'new');
    await rm(join(tree, 'documents'), { recursive: true });
    const bad = await describeTree(tree);
    const done = await run('rollback', 'latest', '--target', tree, '--yes', '--json');
    expect(done.status).toBe(0);
    expect(done.summary()).toMatchObject({ verb: 'rollback', target: tree, complete: true, actions: { delete: 1 } });
    expect(await describeTree(tree)).toEqual(good);
    const { safetySnapshotId } = done.summary();
    // `latest` is never the state somebody wanted to leave.
    expect((await run('rollback', 'latest', '--target', tree, '--yes', '--json')).summary()).toMatchObject({ bytesWritten: 0, bytesDeleted: 0 });
    expect(await run('rollback', String(safetySnapshotId), '--target', tree, '--yes', '--no-safety-snapshot')).toMatchObject({ status: 0 });
    expect(await describeTree(tree)).toEqual(bad);
  });

  test('only on a yes: a dry run shows what would be lost and changes nothing; without a terminal it is refused', async () => {
    const { tree, run } = await openBench();
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    await writeFile(join(tree, 'new.txt'), 'new');
    await writeFile(join(tree, 'documents/letter.txt'), 'Dear Bob, and more\n');
    const before = await describeTree(tree);
    const people = await run('rollback', id, '--target', tree, '--dry-run');
    expect(people.status).toBe(0);
    expect(people.stdout).toContain('would be lost: 1 item deleted (3 B), 1 file overwritten');
    expect(people.stdout).toContain('new.txt');
    const programs = await run('rollback', id, '--target', tree, '--dry-run', '--json');
    expect(programs.messages()).toContainEqual(expect.objectContaining({ type: 'action', action: 'delete', path: 'new.txt' }));
    expect(programs.summary()).toMatchObject({ type: 'plan', deleted: { count: 1, bytes: 3 }, firstLost: ['new.txt', 'documents/letter.txt'] });
    expect(await run('rollback', id, '--target', tree)).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes') });
    expect(await describeTree(tree)).toEqual(before);
    expect((await run('snapshots', '--json')).messages()).toHaveLength(2);
  });

  test('under the name that was backed up, also when that leads through a symlink', async () => {
    const { folder, tree, run } = await openBench();
    const name = join(folder, 'name');
    await symlink('tree', name);
    const { id } = snapshotOf(await run('backup', name, '--json'));
    await writeFile(join(tree, 'new.txt'), 'new');
    expect((await run('rollback', 'latest', '--target', name, '--dry-run')).stdout).not.toContain('WARNING');
    const done = await run('rollback', 'latest', '--target', name, '--yes', '--json');
    expect(done.summary()).toMatchObject({ snapshotId: id, actions: { delete: 1 } });
    expect(done.messages().filter(({ type }) => type === 'other-origin')).toEqual([]);
  });

  test('to no snapshot of anything else, unless that is named by its id', async () => {
    const { folder, tree, run } = await openBench();
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    expect(await run('backup', tree, '--host', 'another')).toMatchObject({ status: 0 });
    expect(await run('rollback', 'latest', '--target', elsewhere, '--yes')).toMatchObject({ status: 7 });
    expect(await readdir(elsewhere)).toEqual([]);
    expect((await run('rollback', 'latest', '--target', tree, '--yes', '--json')).summary()).toMatchObject({ snapshotId: id });
    const named = await run('rollback', id, '--target', elsewhere, '--yes');
    expect(named).toMatchObject({ status: 0, stderr: expect.stringContaining('was taken of') });
    expect(await describeTree(elsewhere)).toEqual(await describeTree(tree));
  });

  test('and finished later when it was cut short', async () => {
    const { repository: path, tree, run } = await openBench();
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    const good = await describeTree(tree);
    await rm(join(tree, 'large.bin'));
    const cut = new AbortController();
    const repository = await openRepository({ path });
    await expect(rollback(repository, id, tree, { operationId: 'first', signal: cut.signal, onProgress: ({ phase }) => phase === 'write' && cut.abort(new Error('cut')) })).rejects.toThrow('cut');
    expect(await run('rollback', id, '--target', tree, '--yes')).toMatchObject({ status: 1, stderr: expect.stringContaining('--resume') });
    expect(await run('forget', id)).toMatchObject({ status: 1, stderr: expect.stringContaining('unfinished rollback first') });
    expect(await run('rollback', id, '--resume', '--target', tree)).toMatchObject({ status: 2 });
    expect(await run('rollback', '--resume', '--target', tree)).toMatchObject({ status: 0 });
    expect(await describeTree(tree)).toEqual(good);
    expect(await run('rollback', '--resume', '--target', tree)).toMatchObject({ status: 0, stdout: expect.stringContaining('no rollback') });
    expect(await run('forget', id)).toMatchObject({ status: 0 });
  });
});

describe('an image is rolled back', () => {
  test('block by block; the dry run counts the bytes that differ', async () => {
    const { folder, tree, run } = await openBench();
    const image = join(folder, 'disk.raw');
    const good = Buffer.alloc(200_000, 'image');
    await writeFile(image, good);
    await run('backup', '--image', image);
    const bad = Buffer.from(good);
    bad.fill(0, 10_000, 10_010);
    bad.fill(0, 199_990);
    await writeFile(image, bad);
    expect((await run('rollback', 'latest', '--target', image, '--dry-run', '--json')).summary()).toMatchObject({ type: 'plan', overwritten: { count: 1, bytes: 4_096 + (200_000 % 4_096) } });
    expect((await readFile(image)).equals(bad)).toBe(true);
    expect((await run('rollback', 'latest', '--target', image, '--yes', '--json')).summary()).toMatchObject({ complete: true, bytesWritten: 4_096 + (200_000 % 4_096) });
    expect((await readFile(image)).equals(good)).toBe(true);
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    expect(await run('rollback', id, '--target', image, '--yes')).toMatchObject({ status: 2, stderr: expect.stringContaining('snapshot/wrong-kind') });
    expect(await run('rollback', id, '--target', join(folder, 'none'), '--yes')).toMatchObject({ status: 1, stderr: expect.stringContaining('target/unusable') });
  });
});
