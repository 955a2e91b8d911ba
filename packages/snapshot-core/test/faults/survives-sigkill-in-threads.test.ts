import { cpSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, decodeTreeObject, openFileVolume, openRepository, repairRepository, restoreSnapshot, resumeRollback, rollback, takeSnapshot, type Repository } from '../../src/index.ts';
import { damageFile, damageObject } from '../repair/repair-world.ts';
import { describeTree } from '../support/describe-tree.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { runChild } from './run-child.ts';
import { lostIn, readSnapshot, type Contents } from './small-repository.ts';
import { hashOfFile, hashOfImage, writeImage } from './sparse-image.ts';

const child = new URL('busy-child.ts', import.meta.url);
const atOnce = 3;

/** Where the kill comes: spread over all calls, and never the same place within a stretch. */
function killPoint(seed: number, seeds: number, calls: number): number {
  const within = (Math.imul(seed + 1, 2_654_435_761) >>> 0) / 2 ** 32;
  return 1 + Math.floor(((seed + within) * (calls - 1)) / seeds);
}

async function inGroups(count: number, run: (seed: number) => Promise<void>): Promise<void> {
  for (let seed = 0; seed < count; seed += atOnce) await Promise.all(Array.from({ length: Math.min(atOnce, count - seed) }, (_, index) => run(seed + index)));
}

describe('killed at any call of any of its threads', () => {
  const workSeeds = usualOrLong(10, 140);
  test('a run of snapshots, prunes and rollbacks loses nothing that was finished, and the next one goes on', { timeout: usualOrLong(120_000, 3_000_000) }, async () => {
    const scratch = scratchDirectory();
    const volume = subdirectory(scratch, 'template/volume');
    const path = join(scratch, 'template', 'repository');
    const images = { before: join(scratch, 'image-before'), now: join(scratch, 'image-now') };
    writeImage(images.before, [1, 2, 3, 4, 5, 6]);
    writeImage(images.now, [1, 2, 33, 4, 55, 6]);
    const hashes = { before: await hashOfFile(images.before), now: await hashOfFile(images.now) };
    for (const name of ['a', 'b']) writeFileSync(join(volume, name), seededBytes(name.charCodeAt(0), 50_000));
    mkdirSync(join(volume, 'sub'));
    const repository = await createRepository({ path, profile: 'volume', hash: 'blake3' });
    const { record: gone } = await takeSnapshot(repository, { kind: 'directory', path: volume });
    unlinkSync(join(volume, 'b'));
    writeFileSync(join(volume, 'sub', 'c'), seededBytes(9, 30_000));
    const original = await describeTree(volume);
    const { record: tree } = await takeSnapshot(repository, { kind: 'directory', path: volume });
    const source = await openFileVolume(images.before, { readOnly: true });
    const { record: image } = await takeSnapshot(repository, { kind: 'volume', volume: source }, { workers: 2 });
    await source.close();
    writeFileSync(join(volume, 'a'), seededBytes(10, 60_000));
    writeFileSync(join(volume, 'd'), 'new');

    const copyTo = (name: string) => {
      cpSync(join(scratch, 'template'), join(scratch, name), { recursive: true, preserveTimestamps: true });
      const target = join(scratch, name, 'target');
      writeImage(target, [1, 22, 33, 4, 5, 66]);
      const places = { repositoryPath: join(scratch, name, 'repository'), volume: join(scratch, name, 'volume'), target };
      return { ...places, values: ['work', places.repositoryPath, places.volume, images.now, target, tree.id, image.id, gone.id] };
    };
    const mutated = await describeTree(copyTo('whole').volume);
    const counted = await runChild(child, ...copyTo('whole').values, '0');
    expect(counted).toMatchObject({ signal: null, status: 0, errors: '' });
    const calls = Number(counted.output);
    expect(calls).toBeGreaterThan(100);

    await inGroups(workSeeds, async (seed) => {
      const places = copyTo(`seed-${seed}`);
      const killAt = killPoint(seed, workSeeds, calls);
      const what = `seed ${seed}, call ${killAt} of ${calls}`;
      const ended = await runChild(child, ...places.values, String(killAt));
      // Threads do not make the same calls in the same order each time: the last ones may not be reached.
      expect(ended.signal === 'SIGKILL' || ended.status === 0, `${what}: ${ended.errors}`).toBe(true);
      const opened = await openRepository({ path: places.repositoryPath });
      const { snapshots, damaged } = await opened.listSnapshots();
      expect(damaged, what).toEqual([]);
      expect(snapshots.map(({ id }) => id), what).toEqual(expect.arrayContaining([tree.id, image.id]));
      expect(await opened.check({ readData: true }), what).toMatchObject({ intact: true });
      for (const { id } of snapshots.filter(({ source: { kind } }) => kind === 'image')) expect(await hashOfImage(opened, id), what).toBe(id === image.id ? hashes.before : hashes.now);
      for (const { id } of snapshots.filter(({ id, source: { kind } }) => kind === 'tree' && id !== gone.id)) {
        const target = join(scratch, `seed-${seed}`, id);
        expect(await restoreSnapshot(opened, id, target), what).toMatchObject({ complete: true });
        expect(await describeTree(target), what).toEqual(id === tree.id ? original : mutated);
      }
      const again = await openFileVolume(images.now, { readOnly: true });
      const { record: next } = await takeSnapshot(opened, { kind: 'volume', volume: again }, { parent: image.id, workers: 2 });
      await again.close();
      expect(await hashOfImage(opened, next.id), what).toBe(hashes.now);
      const target = await openFileVolume(places.target);
      if ((await resumeRollback(opened, target, { workers: 2 })) === undefined) await rollback(opened, image.id, target, { operationId: 'next', workers: 2 });
      await target.close();
      expect(await hashOfFile(places.target), what).toBe(hashes.before);
      if ((await resumeRollback(opened, places.volume)) === undefined) await rollback(opened, tree.id, places.volume, { operationId: 'next tree' });
      expect(await describeTree(places.volume), what).toEqual(original);
      for (let round = 0; round < 2; round++) await opened.prune({ graceMs: 0 });
      expect(await (await openRepository({ path: places.repositoryPath })).check({ readData: true }), what).toMatchObject({ intact: true, findings: [] });
      expect(await hashOfImage(await openRepository({ path: places.repositoryPath }), image.id), what).toBe(hashes.before);
      rmSync(join(scratch, `seed-${seed}`), { recursive: true, force: true });
    });
  });

  const repairSeeds = usualOrLong(10, 80);
  test('a repair loses nothing that is intact, and the next one finishes it', { timeout: usualOrLong(120_000, 1_200_000) }, async () => {
    const scratch = scratchDirectory();
    const volume = subdirectory(scratch, 'volume');
    const path = join(scratch, 'template');
    const add = (name: string, seed: number) => writeFileSync(join(volume, name), seededBytes(seed, 30_000));
    for (const [index, name] of ['a', 'b', 'c'].entries()) add(name, index);
    mkdirSync(join(volume, 'sub'));
    add('sub/d', 7);
    const { record: first } = await takeSnapshot(await createRepository({ path, profile: 'small', compression: 'none' }), { kind: 'directory', path: volume });
    add('a', 8);
    add('sub/e', 9);
    const { record: second } = await takeSnapshot(await openRepository({ path }), { kind: 'directory', path: volume }, { parent: first.id });
    add('f', 10);
    const { record: third } = await takeSnapshot(await openRepository({ path }), { kind: 'directory', path: volume }, { parent: second.id });
    const repository = await openRepository({ path });
    // A file of the first two, the only page of `sub` in the others, the directory of one pack, the index, the config.
    damageObject(repository, path, await someChunk(repository, first.rootId, 'data'));
    damageObject(repository, path, await someChunk(repository, third.rootId, 'tree'));
    const packOfThird = join(path, 'packs', repository.locate(third.rootId)?.packName ?? '');
    damageFile(packOfThird, readFileSync(packOfThird).length - 60);
    rmSync(join(path, 'config', 'primary'));
    const planned = await repairRepository({ path, dryRun: true });
    expect(new Set(planned.actions.map(({ action }) => action))).toEqual(new Set(['write', 'condemn', 'replace']));
    const newIds = new Map(planned.actions.flatMap(({ file, newSnapshotId }) => (newSnapshotId === undefined ? [] : [[file.slice('snapshot/'.length), newSnapshotId]])));
    const before = new Map<string, Contents>();
    for (const record of [first, second, third]) before.set(record.id, await readSnapshot(await openRepository({ path }), record));

    const expectKept = async (copy: string, what: string) => {
      const opened = await openRepository({ path: copy });
      for (const [id, contents] of before) {
        const record = await opened.getSnapshot(id).catch(() => opened.getSnapshot(newIds.get(id) ?? ''));
        const now = await readSnapshot(opened, record);
        expect(lostIn(contents, now), `${what}, ${id}`).toEqual([]);
      }
    };

    cpSync(path, join(scratch, 'whole'), { recursive: true });
    const counted = await runChild(child, 'repair', join(scratch, 'whole'), '', '', '', '', '', '', '0');
    expect(counted).toMatchObject({ signal: null, status: 0, errors: '' });
    const calls = Number(counted.output);
    await expectKept(join(scratch, 'whole'), 'without a kill');

    await inGroups(repairSeeds, async (seed) => {
      const copy = join(scratch, `seed-${seed}`);
      cpSync(path, copy, { recursive: true });
      const killAt = killPoint(seed, repairSeeds, calls);
      const what = `seed ${seed}, call ${killAt} of ${calls}`;
      expect(await runChild(child, 'repair', copy, '', '', '', '', '', '', String(killAt)), what).toMatchObject({ signal: 'SIGKILL' });
      await expectKept(copy, what);
      expect(await repairRepository({ path: copy }), what).toMatchObject({ complete: true });
      await expectKept(copy, what);
      const opened = await openRepository({ path: copy });
      const expectedIds = [first, second, third].map(({ id }) => newIds.get(id) ?? id).toSorted();
      expect((await opened.listSnapshots()).snapshots.map(({ id }) => id).toSorted(), what).toEqual(expectedIds);
      expect((await repairRepository({ path: copy })).actions, what).toEqual([]);
      for (let round = 0; round < 2; round++) await opened.prune({ graceMs: 0 });
      expect(await (await openRepository({ path: copy })).check({ readData: true }), what).toMatchObject({ intact: true, findings: [] });
      await expectKept(copy, what);
      rmSync(copy, { recursive: true, force: true });
    });
  });
});

/** A chunk of the first file below a tree, or the last page: the deepest object of a kind on the left or right side. */
async function someChunk(repository: Repository, rootId: string, kind: 'data' | 'tree'): Promise<string> {
  const { references } = decodeTreeObject(await repository.load(rootId));
  const trees = references.filter((reference) => reference.kind === 'tree');
  if (kind === 'tree') {
    const last = trees.at(-1);
    return last === undefined ? rootId : someChunk(repository, last.id, kind);
  }
  const data = references.find((reference) => reference.kind === 'data');
  return data?.id ?? someChunk(repository, trees[0]?.id ?? '', kind);
}
