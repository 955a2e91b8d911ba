import { linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';
import { createMemoryStorage, createRepository, listSnapshot, openFileVolume, planRestore, readImage, restoreImage, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import type { Repository, RestoreStep } from '../src/index.ts';

const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });

async function snapshotOf(volume: string): Promise<{ repository: Repository; id: string }> {
  const repository = await newRepository();
  return { repository, id: (await takeSnapshot(repository, { kind: 'directory', path: volume })).record.id };
}

function makeVolume(scratch: string): string {
  const volume = subdirectory(scratch, 'volume');
  mkdirSync(join(volume, 'a/b'), { recursive: true });
  writeFileSync(join(volume, 'a/b/file'), seededBytes(1, 100_000), { mode: 0o640 });
  writeFileSync(join(volume, 'a/other'), 'other');
  writeFileSync(join(volume, 'top'), 'top');
  linkSync(join(volume, 'top'), join(volume, 'a/top-too'));
  symlinkSync('../outside', join(volume, 'a/link'));
  return volume;
}

test('chosen paths come with the directories that lead to them, and nothing else', async () => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOf(makeVolume(scratch));
  const target = join(scratch, 'target');
  expect(await restoreSnapshot(repository, id, target, { paths: ['a/b', Buffer.from('a/top-too')] })).toMatchObject({ complete: true, files: 2, directories: 3, hardLinks: 0 });
  expect(readdirSync(target, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(['a', 'a/b', 'a/b/file', 'a/top-too']);
  expect(statSync(join(target, 'a/b/file')).mode & 0o777).toBe(0o640);
});

test.each([['a/nothing', 'snapshot/path-not-found'], ['../etc', 'argument/invalid'], ['/etc', 'argument/invalid'], ['a/./b', 'argument/invalid']])('the path %s is refused', async (path, code) => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOf(makeVolume(scratch));
  await expect(restoreSnapshot(repository, id, join(scratch, 'target'), { paths: [path] })).rejects.toMatchObject({ code });
});

test('what is in the target stays and is reported, unless it may be overwritten', async () => {
  const scratch = scratchDirectory();
  const volume = makeVolume(scratch);
  const { repository, id } = await snapshotOf(volume);
  const target = subdirectory(scratch, 'target');
  writeFileSync(join(target, 'top'), 'mine');
  writeFileSync(join(target, 'unrelated'), 'stays');
  const kept = await restoreSnapshot(repository, id, target);
  expect(kept.issues.map(({ displayPath, reason }) => [displayPath, reason])).toEqual([['top', 'exists']]);
  expect(readFileSync(join(target, 'top'), 'utf8')).toBe('mine');
  expect(await restoreSnapshot(repository, id, target, { overwrite: true })).toMatchObject({ complete: true });
  expect(readFileSync(join(target, 'unrelated'), 'utf8')).toBe('stays');
  expect((await describeTree(target)).filter((line) => !line.startsWith('unrelated') && !line.startsWith(' '))).toEqual((await describeTree(volume)).filter((line) => !line.startsWith(' ')));
});

test('symlinks planted in the target are never followed', async () => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOf(makeVolume(scratch));
  const outside = subdirectory(scratch, 'outside');
  writeFileSync(join(outside, 'precious'), 'precious');
  const before = await describeTree(outside);
  for (const overwrite of [false, true]) {
    const target = subdirectory(scratch, `target-${overwrite}`);
    symlinkSync(outside, join(target, 'a'));
    symlinkSync(join(outside, 'precious'), join(target, 'top'));
    const { issues } = await restoreSnapshot(repository, id, target, { overwrite });
    expect(issues.map(({ displayPath, reason }) => [displayPath, reason])).toEqual(overwrite ? [] : [['a', 'exists'], ['top', 'exists']]);
    expect(lstatSync(join(target, 'a')).isDirectory()).toBe(overwrite);
    expect(await describeTree(outside)).toEqual(before);
  }
});

test('a directory swapped for a symlink while it is being filled does not lead outside', async () => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOf(makeVolume(scratch));
  const outside = subdirectory(scratch, 'outside');
  const target = subdirectory(scratch, 'target');
  let swapped = false;
  const meddling: Repository = {
    ...repository,
    load: async (objectId, options) => {
      if (!swapped && lstatSync(join(target, 'a/b'), { throwIfNoEntry: false })?.isDirectory() === true) {
        swapped = true;
        renameSync(join(target, 'a/b'), join(target, 'moved'));
        symlinkSync(outside, join(target, 'a/b'));
      }
      return repository.load(objectId, options);
    },
  };
  await restoreSnapshot(meddling, id, target);
  expect(swapped).toBe(true);
  expect(readdirSync(outside)).toEqual([]);
  expect(readlinkSync(join(target, 'a/b'))).toBe(outside);
});

test('a lost chunk costs its file, a lost directory page what is in it, and the rest is restored', async () => {
  const scratch = scratchDirectory();
  const { repository, id } = await snapshotOf(makeVolume(scratch));
  const lost = new Set<string>();
  for await (const item of listSnapshot(repository, id)) {
    const path = Buffer.from(item.path).toString();
    if (item.step === 'entry' && (item.entry.type === 'file' || item.entry.type === 'directory') && (path === 'top' || path === 'a/b')) lost.add(item.entry.content.references[0]?.id ?? '');
  }
  const damaged: Repository = { ...repository, load: (objectId, options) => repository.load(lost.has(objectId) ? '0'.repeat(64) : objectId, options) };
  const { issues } = await restoreSnapshot(damaged, id, join(scratch, 'target'));
  expect(issues.map(({ displayPath, reason }) => [displayPath, reason])).toEqual([['a/b', 'damaged'], ['a/top-too', 'damaged'], ['top', 'damaged']]);
  expect(readdirSync(join(scratch, 'target'), { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(['a', 'a/b', 'a/link', 'a/other']);
});

test('names that Windows cannot hold, or cannot tell from others in their directory, are skipped with everything below them', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  mkdirSync(join(volume, 'c:'));
  writeFileSync(join(volume, 'c:/x'), 'x');
  writeFileSync(join(volume, 'back\\slash'), 'x');
  mkdirSync(join(volume, 'case'));
  for (const name of ['fine', 'case/fine', 'case/FINE']) writeFileSync(join(volume, name), 'x');
  const { repository, id } = await snapshotOf(volume);
  const steps: RestoreStep[] = [];
  for await (const step of planRestore(listSnapshot(repository, id), { windowsNames: true })) steps.push(step);
  expect(steps.map(({ action, path }) => `${action} ${Buffer.from(path).toString()}`)).toEqual([
    'make-directory ', 'skip back\\slash', 'skip c:', 'make-directory case', 'write-file case/FINE', 'skip case/fine', 'finish-directory case', 'write-file fine', 'finish-directory ',
  ]);
});

test('an image comes back to a volume of its size, and as a stream', async () => {
  const scratch = scratchDirectory();
  const bytes = seededBytes(4, 700_001);
  const source = join(scratch, 'image');
  writeFileSync(source, bytes);
  const repository = await newRepository();
  const image = await openFileVolume(source, { readOnly: true });
  const { record } = await takeSnapshot(repository, { kind: 'volume', volume: image });
  await image.close();
  expect(record).toMatchObject({ source: { kind: 'image', description: source }, statistics: { totalBytes: 700_001 } });
  const pieces: Uint8Array[] = [];
  for await (const piece of readImage(repository, record.id)) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);

  const target = await openFileVolume(join(scratch, 'copy'), { resizeToBytes: 700_001 });
  await restoreImage(repository, record.id, target);
  await target.close();
  expect(readFileSync(join(scratch, 'copy')).equals(bytes)).toBe(true);

  const small = await openFileVolume(join(scratch, 'small'), { resizeToBytes: 100 });
  await expect(restoreImage(repository, record.id, small)).rejects.toMatchObject({ code: 'target/unusable' });
  await small.close();
  // What is refused has not begun: a file that was there is as it was.
  const long = await openFileVolume(join(scratch, 'copy'), { resizeToBytes: 10 });
  await expect(restoreImage(repository, record.id, long)).rejects.toMatchObject({ code: 'target/unusable' });
  await expect(restoreImage(repository, '00'.repeat(16), long)).rejects.toMatchObject({ code: 'snapshot/not-found' });
  await long.close();
  expect(readFileSync(join(scratch, 'copy')).equals(bytes)).toBe(true);
  writeFileSync(join(scratch, 'longer'), seededBytes(5, 900_000));
  const longer = await openFileVolume(join(scratch, 'longer'), { resizeToBytes: 700_001 });
  await restoreImage(repository, record.id, longer);
  await longer.close();
  expect(readFileSync(join(scratch, 'longer')).equals(bytes)).toBe(true);
  await expect(restoreSnapshot(repository, record.id, join(scratch, 'tree'))).rejects.toMatchObject({ code: 'snapshot/wrong-kind' });
});

test('a restore never writes into the repository it reads from', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume/repository/config');
  writeFileSync(join(volume, 'primary'), 'not a config');
  const target = subdirectory(scratch, 'target');
  const repository = await createRepository({ path: join(target, 'repository'), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: join(scratch, 'volume') });
  for (const inside of ['repository', 'repository/packs', 'repository/new'])
    await expect(restoreSnapshot(repository, record.id, join(target, inside), { overwrite: true })).rejects.toMatchObject({ code: 'rollback/repository-on-target' });
  const report = await restoreSnapshot(repository, record.id, target, { overwrite: true });
  expect(report.issues).toMatchObject([{ displayPath: 'repository', reason: 'in-the-way' }]);
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
});
