import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, pendingRollbacks, readImage, restoreSnapshot, resumeRollback, takeSnapshot } from '../../src/index.ts';
import { describeTree } from '../support/describe-tree.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { startChild, type RunningChild } from './run-child.ts';
import { hashOfFile, hashOfImage, writeImage } from './sparse-image.ts';

const child = new URL('company-child.ts', import.meta.url);
const patiently = '60000';

async function outcomeOf(running: RunningChild): Promise<{ readonly code: string; readonly message?: string }> {
  const { output, errors, status } = await running.ended;
  expect({ errors, status }).toEqual({ errors: '', status: 0 });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as { code: string; message?: string };
}

async function setUp() {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (const [index, name] of ['a', 'b', 'c'].entries()) writeFileSync(join(volume, name), seededBytes(index, 200_000));
  const path = join(scratch, 'repository');
  const { record } = await takeSnapshot(await createRepository({ path, profile: 'small' }), { kind: 'directory', path: volume });
  const expectSound = async () => {
    const repository = await openRepository({ path });
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
    for (const { id } of (await repository.listSnapshots()).snapshots.filter(({ source }) => source.kind === 'tree'))
      expect(await restoreSnapshot(repository, id, join(scratch, `restored-${id}`), { overwrite: true })).toMatchObject({ complete: true });
    return repository;
  };
  return { scratch, volume, path, record, expectSound };
}

describe('two processes on one repository', { timeout: 120_000 }, () => {
  test('take snapshots at the same time, and both succeed', async () => {
    const { volume, path, expectSound } = await setUp();
    const slow = startChild(child, 'slow-snapshot', path);
    await slow.said('ready');
    writeFileSync(join(volume, 'd'), seededBytes(9, 100_000));
    const others = [startChild(child, 'snapshot', path, volume), startChild(child, 'snapshot', path, volume)];
    for (const other of others) expect(await outcomeOf(other)).toEqual({ code: 'done' });
    slow.goOn();
    expect(await outcomeOf(slow)).toEqual({ code: 'done' });
    const repository = await expectSound();
    const { snapshots } = await repository.listSnapshots();
    expect(snapshots).toHaveLength(4);
    const parts: Uint8Array[] = [];
    for await (const bytes of readImage(repository, snapshots.find(({ source }) => source.kind === 'image')?.id ?? '')) parts.push(bytes);
    expect(Buffer.concat(parts).toString()).toBe('first half, second half');
  });

  test.each(['prune', 'repair'])('a %s is refused by name while a snapshot is taken, or waits for it', async (verb) => {
    const { path, expectSound } = await setUp();
    const slow = startChild(child, 'slow-snapshot', path);
    await slow.said('ready');
    const refused = await outcomeOf(startChild(child, verb, path));
    expect(refused).toMatchObject({ code: 'repository/locked', message: expect.stringMatching(/process \d+ on .*shared/) });
    const patient = startChild(child, verb, path, '', '', patiently);
    await patient.said('ready');
    slow.goOn();
    expect(await outcomeOf(slow)).toEqual({ code: 'done' });
    expect(await outcomeOf(patient)).toEqual({ code: 'done' });
    expect((await (await expectSound()).listSnapshots()).snapshots).toHaveLength(2);
  });

  test('prune at the same time, one after the other', async () => {
    const { volume, path, record, expectSound } = await setUp();
    writeFileSync(join(volume, 'a'), seededBytes(7, 200_000));
    const repository = await openRepository({ path });
    await takeSnapshot(repository, { kind: 'directory', path: volume });
    await repository.withLease('shared', () => repository.forgetSnapshot(record.id));
    const prunes = Array.from({ length: 3 }, () => startChild(child, 'prune', path, '', '', patiently));
    for (const prune of prunes) expect(await outcomeOf(prune)).toEqual({ code: 'done' });
    expect((await (await expectSound()).check({ readData: true })).findings).toEqual([]);
  });

  test('roll one directory back at the same time: what they leave is finished by one', async () => {
    const { volume, path, record, expectSound } = await setUp();
    const original = await describeTree(volume);
    for (let round = 0; round < 3; round++) {
      for (const name of ['a', 'b', 'new']) writeFileSync(join(volume, name), seededBytes(50 + round, 300_000));
      const outcomes = await Promise.all(Array.from({ length: 2 }, () => outcomeOf(startChild(child, 'rollback', path, volume, record.id))));
      for (const { code } of outcomes) expect(['done', 'rollback/pending']).toContain(code);
      const repository = await openRepository({ path });
      if (!outcomes.some(({ code }) => code === 'done')) await resumeRollback(repository, volume).then(async (report) => report ?? (await outcomeOf(startChild(child, 'rollback', path, volume, record.id))));
      expect(await pendingRollbacks(repository)).toEqual([]);
      expect(await describeTree(volume)).toEqual(original);
    }
    await expectSound();
  });

  test('roll one image back at the same time: the same', async () => {
    const { scratch, path } = await setUp();
    const [image, target] = [join(scratch, 'image'), join(scratch, 'target')];
    writeImage(image, [1, 2, 3, 4, 5, 6]);
    const source = await openFileVolume(image, { readOnly: true });
    const repository = await openRepository({ path });
    const { record } = await takeSnapshot(repository, { kind: 'volume', volume: source });
    await source.close();
    writeImage(target, [7, 2, 8, 4, 9, 6]);
    const outcomes = await Promise.all(Array.from({ length: 2 }, () => outcomeOf(startChild(child, 'rollback-image', path, target, record.id))));
    for (const { code } of outcomes) expect(['done', 'rollback/pending']).toContain(code);
    if (!outcomes.some(({ code }) => code === 'done')) await outcomeOf(startChild(child, 'rollback-image', path, target, record.id));
    expect(await pendingRollbacks(repository)).toEqual([]);
    expect(await hashOfFile(target)).toBe(await hashOfFile(image));
    expect(await hashOfImage(repository, record.id)).toBe(await hashOfFile(image));
  });
});

test('a copy of a repository made while a snapshot is taken is a repository', async () => {
  const { scratch, path, record } = await setUp();
  const slow = startChild(child, 'slow-snapshot', path);
  await slow.said('ready');
  const copy = join(scratch, 'copy');
  cpSync(path, copy, { recursive: true });
  slow.goOn();
  await slow.ended;
  const repository = await openRepository({ path: copy });
  expect(await restoreSnapshot(repository, record.id, join(scratch, 'restored'))).toMatchObject({ complete: true });
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
});
