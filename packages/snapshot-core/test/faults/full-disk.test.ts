import { closeSync, cpSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, pendingRollbacks, repairRepository, restoreImage, restoreSnapshot, resumeRollback, rollback, takeSnapshot } from '../../src/index.ts';
import { runCommand } from '../cli/start-command.ts';
import { damageFile, filesIn } from '../repair/repair-world.ts';
import { describeTree } from '../support/describe-tree.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { codeOf } from './small-repository.ts';
import { mountSmallDisk, whyNoSmallDisk } from './small-disk.ts';

const probeFolder = mkdtempSync(join(tmpdir(), 'snapshot-core-'));
const reason = whyNoSmallDisk(probeFolder);
rmSync(probeFolder, { recursive: true });
if (reason !== undefined) console.warn(`tests of full disks are skipped: ${reason}`);

const mebibyte = 1_048_576;

/** A volume on the usual disk. */
function makeVolume(scratch: string) {
  const volume = subdirectory(scratch, 'volume');
  for (const [index, name] of ['a', 'b', 'c'].entries()) writeFileSync(join(volume, name), seededBytes(index, 500_000));
  return { volume, source: { kind: 'directory', path: volume } as const };
}

describe.skipIf(reason !== undefined)('a full disk under the repository', () => {
  async function setUp() {
    const scratch = scratchDirectory();
    const disk = mountSmallDisk(scratch, 'disk', 12);
    const { volume, source } = makeVolume(scratch);
    const path = join(disk.path, 'repository');
    const open = () => openRepository({ path });
    const { record: first } = await takeSnapshot(await createRepository({ path, profile: 'small' }), source);
    const original = await describeTree(volume);
    let restores = 0;
    const expectWhole = async (id: string, expected: readonly string[]) => {
      const target = join(scratch, `restored-${restores++}`);
      expect(await restoreSnapshot(await open(), id, target)).toMatchObject({ complete: true });
      expect(await describeTree(target)).toEqual(expected);
    };
    return { scratch, disk, volume, source, path, open, first, original, expectWhole };
  }

  test.each([0, 300_000, 2 * mebibyte])('ends a snapshot with %d bytes left, harms no other, and the next one finishes when there is room', async (leftBytes) => {
    const { disk, volume, source, path, open, first, original, expectWhole } = await setUp();
    writeFileSync(join(volume, 'large'), seededBytes(9, 3 * mebibyte));
    disk.fillUpTo(leftBytes);
    await expect(takeSnapshot(await open(), source, { parent: first.id })).rejects.toMatchObject({ code: 'storage/full' });
    const run = await runCommand(['--repo', path, 'backup', volume]);
    expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('storage/full') });
    expect((await (await open()).listSnapshots()).snapshots.map(({ id }) => id)).toEqual([first.id]);
    await expectWhole(first.id, original);
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true });
    disk.free();
    const { record } = await takeSnapshot(await open(), source, { parent: first.id });
    await expectWhole(record.id, await describeTree(volume));
    await expectWhole(first.id, original);
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test.each([0, 9_000, 300_000])('with %d bytes left: a prune loses nothing, and the next one finishes when there is room', async (leftBytes) => {
    const { disk, volume, source, open, first, expectWhole } = await setUp();
    writeFileSync(join(volume, 'a'), seededBytes(20, 500_000));
    writeFileSync(join(volume, 'b'), seededBytes(21, 500_000));
    const { record: second } = await takeSnapshot(await open(), source, { parent: first.id });
    const now = await describeTree(volume);
    const repository = await open();
    await repository.withLease('shared', () => repository.forgetSnapshot(first.id));
    disk.fillUpTo(leftBytes);
    for (let round = 0; round < 2; round++)
      expect(['done', 'storage/full']).toContain(await (await open()).prune({ graceMs: 0 }).then(() => 'done', codeOf));
    await expectWhole(second.id, now);
    disk.free();
    for (let round = 0; round < 3; round++) await (await open()).prune({ graceMs: 0 });
    await expectWhole(second.id, now);
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test.each([0, 9_000, 300_000])('with %d bytes left: a repair loses nothing, and the next one finishes when there is room', async (leftBytes) => {
    const { disk, volume, path, open, first, original, expectWhole } = await setUp();
    for (const pack of filesIn(path, 'packs')) damageFile(pack, readFileSync(pack).length - 60);
    rmSync(join(path, 'config', 'copy'));
    disk.fillUpTo(leftBytes);
    await expect(repairRepository({ path })).rejects.toMatchObject({ code: 'storage/full' });
    await expectWhole(first.id, original);
    disk.free();
    expect(await repairRepository({ path })).toMatchObject({ complete: true });
    for (let round = 0; round < 2; round++) await (await open()).prune({ graceMs: 0 });
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
    await expectWhole(first.id, await describeTree(volume));
  });
});

describe.skipIf(reason !== undefined)('a full disk under the target', () => {
  async function setUp() {
    const scratch = scratchDirectory();
    const disk = mountSmallDisk(scratch, 'disk', 8);
    const { volume, source } = makeVolume(scratch);
    const path = join(scratch, 'repository');
    const repository = await createRepository({ path, profile: 'small' });
    return { scratch, disk, volume, source, path, repository };
  }

  test('ends a restore with status 1, shows no half file, and the next one finishes when there is room', async () => {
    const { disk, volume, source, path, repository } = await setUp();
    const { record } = await takeSnapshot(repository, source);
    const target = subdirectory(disk.path, 'target');
    disk.fillUpTo(700_000);
    await expect(restoreSnapshot(repository, record.id, target)).rejects.toMatchObject({ code: 'target/write-failed' });
    // But for the root, whose time comes last.
    expect(await describeTree(volume)).toEqual(expect.arrayContaining((await describeTree(target)).filter((line) => !line.startsWith(' '))));
    const run = await runCommand(['--repo', path, 'restore', record.id, '--target', target, '--overwrite']);
    expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('target/write-failed') });
    disk.free();
    expect(await restoreSnapshot(repository, record.id, target, { overwrite: true })).toMatchObject({ complete: true });
    expect(await describeTree(target)).toEqual(await describeTree(volume));
  });

  test.each([0, 2])('ends a restore in units and of large files, shows no half file, and the next one finishes when there is room (%d workers)', async (workers) => {
    const { disk, volume, source, repository } = await setUp();
    mkdirSync(join(volume, 'many'));
    for (let file = 0; file < 300; file++) writeFileSync(join(volume, 'many', `file-${file}`), seededBytes(file, 3_000));
    mkdirSync(join(volume, 'sub'));
    writeFileSync(join(volume, 'sub', 'medium'), seededBytes(400, 2_000_000));
    const { record } = await takeSnapshot(repository, source);
    const target = join(disk.path, 'target');
    for (const leftBytes of [60_000, 1_700_000, 3_000_000]) {
      rmSync(target, { recursive: true, force: true });
      disk.fillUpTo(leftBytes);
      await expect(restoreSnapshot(repository, record.id, target, { workers })).rejects.toMatchObject({ code: 'target/write-failed' });
      const filesOf = (lines: readonly string[]) => lines.filter((line) => line.includes(' file '));
      expect(filesOf(await describeTree(volume))).toEqual(expect.arrayContaining(filesOf(await describeTree(target))));
      disk.free();
    }
    expect(await restoreSnapshot(repository, record.id, target, { workers, overwrite: true })).toMatchObject({ complete: true });
    expect(await describeTree(target)).toEqual(await describeTree(volume));
  });

  test('leaves a rollback of a tree pending, and it finishes when there is room', async () => {
    const { disk, volume, source, repository } = await setUp();
    const { record } = await takeSnapshot(repository, source);
    const target = subdirectory(disk.path, 'target');
    cpSync(volume, target, { recursive: true });
    rmSync(join(target, 'a'));
    writeFileSync(join(target, 'b'), 'short');
    disk.fillUpTo(600_000);
    await expect(rollback(repository, record.id, target, { operationId: 'x' })).rejects.toMatchObject({ code: 'target/write-failed' });
    expect(await pendingRollbacks(repository)).toHaveLength(1);
    await expect(resumeRollback(repository, target)).rejects.toMatchObject({ code: 'target/write-failed' });
    disk.free();
    expect(await resumeRollback(repository, target)).toMatchObject({ complete: true, operationId: 'x' });
    expect(await describeTree(target)).toEqual(await describeTree(volume));
  });

  test.each([0, 2])('ends restore and rollback of an image, and they finish when there is room (%d workers)', async (workers) => {
    const { scratch, disk, repository } = await setUp();
    // Holes on a small disk: room is taken by what is written into them.
    const image = join(scratch, 'image');
    writeFileSync(image, seededBytes(1, 5 * mebibyte));
    const source = await openFileVolume(image, { readOnly: true });
    const { record } = await takeSnapshot(repository, { kind: 'volume', volume: source });
    await source.close();
    const path = join(disk.path, 'target');
    const makeTarget = () => {
      const descriptor = openSync(path, 'w');
      ftruncateSync(descriptor, 5 * mebibyte);
      closeSync(descriptor);
    };
    for (const [write, finish] of [
      [(volume) => restoreImage(repository, record.id, volume, { workers }), (volume) => restoreImage(repository, record.id, volume, { workers })],
      [(volume) => rollback(repository, record.id, volume, { operationId: 'x', workers }), (volume) => resumeRollback(repository, volume, { workers })],
    ] satisfies [(volume: Awaited<ReturnType<typeof openFileVolume>>) => Promise<unknown>, (volume: Awaited<ReturnType<typeof openFileVolume>>) => Promise<unknown>][]) {
      makeTarget();
      disk.fillUpTo(2 * mebibyte);
      const volume = await openFileVolume(path);
      await expect(write(volume)).rejects.toMatchObject({ code: 'target/write-failed' });
      disk.free();
      await finish(volume);
      await volume.close();
      expect(readFileSync(path).equals(seededBytes(1, 5 * mebibyte))).toBe(true);
      expect(await pendingRollbacks(repository)).toEqual([]);
      rmSync(path);
    }
  });

  test('a repository that cannot take the safety snapshot keeps the rollback from starting', async () => {
    const { disk, volume, source } = await setUp();
    const path = join(disk.path, 'repository');
    const repository = await createRepository({ path, profile: 'small' });
    const { record } = await takeSnapshot(repository, source);
    mkdirSync(join(volume, 'new'));
    writeFileSync(join(volume, 'new', 'file'), seededBytes(30, 400_000));
    const before = await describeTree(volume);
    disk.fillUpTo(100_000);
    await expect(rollback(await openRepository({ path }), record.id, volume, { operationId: 'x', safetySnapshot: true })).rejects.toMatchObject({ code: 'rollback/no-room-for-safety' });
    expect(await describeTree(volume)).toEqual(before);
  });
});
