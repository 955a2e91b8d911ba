import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, copyFileSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeTree, fileIdOf } from './support/describe-tree.ts';
import { makeSocket } from './support/make-socket.ts';
import { runAsNobody } from './support/run-as-nobody.ts';
import { meddleWithSaves } from './support/meddle-with-saves.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { setUpRollback } from './support/set-up-rollback.ts';
import { flipByte, seededBytes } from './support/tree-operations.ts';
import { createRepository, diffSnapshotAgainstDirectory, pendingRollbacks, planRollback, resumeRollback, rollback, SnapshotError, summarizeChanges, takeSnapshot } from '../src/index.ts';
import type { Repository, RollbackProgress } from '../src/index.ts';

async function actionsOf(repository: Repository, id: string, volume: string): Promise<string[]> {
  const actions: string[] = [];
  for await (const { action, displayPath } of planRollback(repository, id, volume)) if (action !== 'keep') actions.push(`${action} ${displayPath}`);
  return actions;
}

test('one flipped byte in a large file with the same size and time is found, and one block is written in place', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'large'), seededBytes(1, 3_000_000)));
  const { ino } = lstatSync(join(volume, 'large'));
  const { mtimeMs } = lstatSync(join(volume, 'large'));
  flipByte(join(volume, 'large'), 2_000_000);
  expect(lstatSync(join(volume, 'large'))).toMatchObject({ size: 3_000_000, mtimeMs: expect.closeTo(mtimeMs, 2) });
  const ranges: unknown[] = [];
  for await (const action of planRollback(repository, id, volume)) ranges.push(...(action.ranges ?? []));
  expect(ranges).toMatchObject([{ offset: expect.any(Number) }]);
  const progress: RollbackProgress[] = [];
  const report = await rollback(repository, id, volume, { operationId: 'op', verifyAll: true, onProgress: (at) => progress.push(at) });
  expect(report).toMatchObject({ complete: true, actions: { rewrite: 1, replace: 0, delete: 0, create: 0, keep: 1, 'set-metadata': 0 } });
  // One block, or the part of it that lies in the chunk.
  expect(report.bytesWritten).toBeGreaterThan(0);
  expect(report.bytesWritten).toBeLessThanOrEqual(4_096);
  expect(lstatSync(join(volume, 'large')).ino).toBe(ino);
  expect(await describeTree(volume)).toEqual(original);
  expect(progress[0]).toMatchObject({ phase: 'check' });
  expect(progress.at(-2)).toMatchObject({ phase: 'write', bytesDone: 3_000_000, totalBytes: 3_000_000, bytesWritten: report.bytesWritten });
  expect(progress.at(-1)).toMatchObject({ phase: 'verify' });
});

test('large files that grew and shrank get their length back in place', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    for (const name of ['grows', 'shrinks']) writeFileSync(join(path, name), seededBytes(name.length, 1_500_000));
  });
  appendFileSync(join(volume, 'grows'), seededBytes(3, 100_000));
  truncateSync(join(volume, 'shrinks'), 1_200_000);
  const report = await rollback(repository, id, volume, { operationId: 'op' });
  expect(report.actions).toMatchObject({ rewrite: 2, replace: 0 });
  expect(report.bytesWritten).toBeLessThan(500_000);
  expect(await describeTree(volume)).toEqual(original);
});

test('the plan and the loss list say what a rollback would do, and touch nothing', async () => {
  const { volume, repository, id } = await setUpRollback((path) => {
    mkdirSync(join(path, 'gone'));
    writeFileSync(join(path, 'gone/file'), 'gone');
    writeFileSync(join(path, 'changed'), 'before');
    writeFileSync(join(path, 'type'), 'file');
    writeFileSync(join(path, 'mode'), 'mode');
    symlinkSync('here', join(path, 'symlink'));
  });
  rmSync(join(volume, 'gone'), { recursive: true });
  writeFileSync(join(volume, 'changed'), 'after, longer');
  rmSync(join(volume, 'type'));
  mkdirSync(join(volume, 'type'));
  writeFileSync(join(volume, 'type/new'), 'new!');
  chmodSync(join(volume, 'mode'), 0o600);
  rmSync(join(volume, 'symlink'));
  symlinkSync('there', join(volume, 'symlink'));
  const before = await describeTree(volume);
  expect(await actionsOf(repository, id, volume)).toEqual([
    'delete type/new', 'delete type', 'replace changed', 'create gone', 'create gone/file', 'set-metadata mode', 'replace symlink', 'create type', 'set-metadata ',
  ]);
  const changes: string[] = [];
  const summary = await summarizeChanges(diffSnapshotAgainstDirectory(repository, id, volume), ({ change, displayPath, bytes }) => changes.push(`${change} ${displayPath} ${bytes}`));
  expect(changes).toEqual(['added type/new 4', 'added type 0', 'changed changed 13', 'removed gone 0', 'removed gone/file 4', 'changed mode 0', 'changed symlink 0', 'removed type 4']);
  expect(summary).toEqual({ added: { count: 2, bytes: 4 }, changed: { count: 3, bytes: 13 }, removed: { count: 3, bytes: 8 } });
  expect(await describeTree(volume)).toEqual(before);
});

test('a hard link to something outside does not carry our writes there', async () => {
  const { scratch, volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'large'), seededBytes(1, 2_000_000)));
  const outside = join(scratch, 'outside');
  writeFileSync(outside, seededBytes(2, 2_000_000));
  rmSync(join(volume, 'large'));
  linkSync(outside, join(volume, 'large'));
  expect(await rollback(repository, id, volume, { operationId: 'op', verifyAll: true })).toMatchObject({ complete: true, actions: { rewrite: 0, replace: 1 } });
  expect(readFileSync(outside).equals(seededBytes(2, 2_000_000))).toBe(true);
  expect(await describeTree(volume)).toEqual(original);
});

test('names that belong together are repaired together; names that were linked since are parted', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    writeFileSync(join(path, 'one'), seededBytes(1, 2_000_000));
    linkSync(join(path, 'one'), join(path, 'two'));
    writeFileSync(join(path, 'three'), seededBytes(3, 2_000_000));
    writeFileSync(join(path, 'four'), seededBytes(3, 2_000_000));
  });
  flipByte(join(volume, 'two'), 10);
  rmSync(join(volume, 'four'));
  linkSync(join(volume, 'three'), join(volume, 'four'));
  expect(await rollback(repository, id, volume, { operationId: 'op', verifyAll: true })).toMatchObject({ complete: true, actions: { rewrite: 1 } });
  expect(await describeTree(volume)).toEqual(original);
});

test('symlinks planted in the target lead nowhere, neither for writing nor for removing', async () => {
  const { scratch, volume, repository, id, original } = await setUpRollback((path) => {
    mkdirSync(join(path, 'directory'));
    writeFileSync(join(path, 'directory/file'), 'inside');
    writeFileSync(join(path, 'file'), 'inside');
  });
  const outside = subdirectory(scratch, 'outside');
  writeFileSync(join(outside, 'file'), 'outside');
  writeFileSync(join(outside, 'more'), 'outside');
  const before = await describeTree(outside);
  rmSync(join(volume, 'directory'), { recursive: true });
  symlinkSync(outside, join(volume, 'directory'));
  symlinkSync(outside, join(volume, 'extra'));
  rmSync(join(volume, 'file'));
  symlinkSync(join(outside, 'file'), join(volume, 'file'));
  expect(await rollback(repository, id, volume, { operationId: 'op' })).toMatchObject({ complete: true });
  expect(await describeTree(outside)).toEqual(before);
  expect(await describeTree(volume)).toEqual(original);
});

test('a directory swapped for a symlink in the middle does not lead outside', async () => {
  const { scratch, volume, repository, id } = await setUpRollback((path) => {
    mkdirSync(join(path, 'directory'));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(path, 'directory', name), name);
  });
  const outside = subdirectory(scratch, 'outside');
  writeFileSync(join(outside, 'a'), 'outside');
  const before = await describeTree(outside);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(volume, 'directory', name), 'changed');
  let swapped = false;
  const meddling: Repository = {
    ...repository,
    load: (objectId, options) => {
      if (!swapped && readFileSync(join(volume, 'directory/a'), 'utf8') === 'a') {
        swapped = true;
        renameSync(join(volume, 'directory'), join(scratch, 'moved'));
        symlinkSync(outside, join(volume, 'directory'));
      }
      return repository.load(objectId, options);
    },
  };
  await Promise.allSettled([rollback(meddling, id, volume, { operationId: 'op' })]);
  expect(swapped).toBe(true);
  expect(await describeTree(outside)).toEqual(before);
});

test('a repository inside the tree survives, wherever it was moved; a target inside the repository is refused', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), 'before');
  const repository = await createRepository({ path: join(volume, 'state/repository'), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  const exclude = [fileIdOf(join(volume, 'state/repository'))];
  const original = await describeTree(volume, exclude);
  writeFileSync(join(volume, 'file'), 'after');
  writeFileSync(join(volume, 'state/extra'), 'extra');
  expect(await rollback(repository, record.id, volume, { operationId: 'op', verifyAll: true })).toMatchObject({ complete: true });
  expect(await describeTree(volume, exclude)).toEqual(original);
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true });

  await expect(rollback(repository, record.id, join(volume, 'state/repository'), { operationId: 'op' })).rejects.toMatchObject({ code: 'rollback/repository-on-target' });

  // From before there was a repository: its directory and what leads to it are unknown to the snapshot.
  const older = subdirectory(scratch, 'older');
  writeFileSync(join(older, 'file'), 'old');
  const { record: before } = await takeSnapshot(repository, { kind: 'directory', path: older });
  writeFileSync(join(volume, 'state/extra'), 'extra');
  expect(await rollback(repository, before.id, volume, { operationId: 'op' })).toMatchObject({ complete: true });
  expect(readdirSync(volume).toSorted()).toEqual(['file', 'state']);
  expect(readdirSync(join(volume, 'state'))).toEqual(['repository']);

  // Of a tree that had a directory of its own where the repository is now.
  mkdirSync(join(older, 'state/repository'), { recursive: true });
  writeFileSync(join(older, 'state/repository/file'), 'old');
  const { record: clash } = await takeSnapshot(repository, { kind: 'directory', path: older });
  expect((await rollback(repository, clash.id, volume, { operationId: 'op' })).issues).toMatchObject([{ displayPath: 'state/repository', reason: 'in-the-way' }]);
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
});

test('what was not read when the snapshot was taken is left alone', async () => {
  const { volume, repository, id } = await setUpRollback(async (path) => {
    await makeSocket(join(path, 'socket'));
    writeFileSync(join(path, 'file'), 'x');
  });
  rmSync(join(volume, 'socket'));
  writeFileSync(join(volume, 'socket'), 'now a file');
  await makeSocket(join(volume, 'new-socket'));
  expect(await rollback(repository, id, volume, { operationId: 'op' })).toMatchObject({ complete: true, actions: { delete: 1 } });
  expect(readdirSync(volume).toSorted()).toEqual(['file', 'socket']);
  expect(readFileSync(join(volume, 'socket'), 'utf8')).toBe('now a file');
});

test('a rollback that was cut short stays pending, blocks others, and is finished by resume', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(path, name), name);
  });
  for (const name of ['a', 'b', 'c']) writeFileSync(join(volume, name), 'changed');
  const controller = new AbortController();
  const reason = new TypeError('power cut');
  const cut = rollback(repository, id, volume, { operationId: 'first', signal: controller.signal, clock: { nowMs: () => 5 }, onProgress: ({ bytesWritten }) => bytesWritten > 0 && controller.abort(reason) });
  await expect(cut).rejects.toBe(reason);
  expect(readFileSync(join(volume, 'c'), 'utf8')).toBe('changed');
  expect(await pendingRollbacks(repository)).toEqual([{ operationId: 'first', snapshotId: id, kind: 'tree', target: volume, startedAtMs: 5 }]);
  await expect(rollback(repository, id, volume, { operationId: 'second' })).rejects.toMatchObject({ code: 'rollback/pending' });
  expect(await resumeRollback(repository, `${volume}-other`)).toBeUndefined();
  expect(await resumeRollback(repository, volume)).toMatchObject({ operationId: 'first', complete: true });
  expect(await describeTree(volume)).toEqual(original);
  expect(await pendingRollbacks(repository)).toEqual([]);
  expect(await resumeRollback(repository, volume)).toBeUndefined();
});

test('the safety snapshot undoes a rollback', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  writeFileSync(join(volume, 'file'), 'after');
  writeFileSync(join(volume, 'new'), 'new');
  const changed = await describeTree(volume);
  const { safetySnapshotId, safetySnapshot } = await rollback(repository, id, volume, { operationId: 'op', safetySnapshot: true });
  expect(await describeTree(volume)).toEqual(original);
  expect(safetySnapshot?.record).toMatchObject({ id: safetySnapshotId, labels: ['safety', 'rollback:op'] });
  await rollback(repository, safetySnapshotId ?? '', volume, { operationId: 'undo' });
  expect(await describeTree(volume)).toEqual(changed);
});

test('without room for the safety snapshot, or with objects missing, nothing is changed', async () => {
  const { volume, repository, id } = await setUpRollback((path) => writeFileSync(join(path, 'file'), seededBytes(1, 50_000)));
  writeFileSync(join(volume, 'file'), seededBytes(2, 50_000));
  const before = await describeTree(volume);
  const full = meddleWithSaves(repository, () => {
    throw new SnapshotError('storage/full', 'no room');
  });
  await expect(rollback(full, id, volume, { operationId: 'op', safetySnapshot: true })).rejects.toMatchObject({ code: 'rollback/no-room-for-safety' });
  const lossy: Repository = { ...repository, locate: () => undefined };
  await expect(rollback(lossy, id, volume, { operationId: 'op' })).rejects.toMatchObject({ code: 'object/missing' });
  await expect(rollback(repository, 'f'.repeat(32), volume, { operationId: 'op' })).rejects.toMatchObject({ code: 'snapshot/not-found' });
  await expect(rollback(repository, id, join(volume, 'nothing'), { operationId: 'op' })).rejects.toMatchObject({ code: 'target/unusable' });
  await expect(rollback(repository, id, volume, { operationId: '' })).rejects.toMatchObject({ code: 'argument/invalid' });
  expect(await describeTree(volume)).toEqual(before);
  expect(await pendingRollbacks(repository)).toEqual([]);
});

test('a program that is running is replaced, and keeps running from its old file', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    copyFileSync('/bin/sleep', join(path, 'program'));
    chmodSync(join(path, 'program'), 0o755);
    appendFileSync(join(path, 'program'), seededBytes(1, 2_000_000));
  });
  flipByte(join(volume, 'program'), 1_900_000);
  const { ino } = lstatSync(join(volume, 'program'));
  const child = spawn(join(volume, 'program'), ['60'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('spawn', resolve));
  expect(await rollback(repository, id, volume, { operationId: 'op', verifyAll: true })).toMatchObject({ complete: true, actions: { rewrite: 1 } });
  expect(await describeTree(volume)).toEqual(original);
  expect(lstatSync(join(volume, 'program')).ino).not.toBe(ino);
  expect(child.exitCode).toBeNull();
});

test('an ordinary user rolls back through directories and files that shut even him out', async () => {
  const scratch = scratchDirectory();
  chmodSync(scratch, 0o777);
  const volume = subdirectory(scratch, 'volume');
  if (process.getuid?.() === 0) chownSync(volume, 65_534, 65_534);
  const output = await runAsNobody(`
    import { chmodSync, mkdirSync, writeFileSync, lstatSync, readdirSync } from 'node:fs';
    import { createMemoryStorage, createRepository, rollback, takeSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const volume = process.env.VOLUME;
    mkdirSync(volume + '/closed/deeper', { recursive: true });
    writeFileSync(volume + '/closed/deeper/file', 'x', { mode: 0o444 });
    chmodSync(volume + '/closed/deeper', 0o555);
    const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
    const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
    chmodSync(volume + '/closed/deeper', 0o755);
    chmodSync(volume + '/closed/deeper/file', 0o000);
    writeFileSync(volume + '/closed/deeper/extra', 'x');
    mkdirSync(volume + '/closed/new');
    writeFileSync(volume + '/closed/new/x', 'x');
    chmodSync(volume + '/closed/new', 0o000);
    chmodSync(volume + '/closed/deeper', 0o000);
    chmodSync(volume + '/closed', 0o500);
    const report = await rollback(repository, record.id, volume, { operationId: 'op' });
    const mode = (path) => (lstatSync(volume + path).mode & 0o777).toString(8);
    console.log(JSON.stringify([report.issues, readdirSync(volume + '/closed'), readdirSync(volume + '/closed/deeper'), mode('/closed'), mode('/closed/deeper'), mode('/closed/deeper/file')]));
    chmodSync(volume + '/closed/deeper', 0o755);
  `, { VOLUME: volume });
  expect(JSON.parse(output)).toEqual([[], ['deeper'], ['file'], '755', '555', '444']);
});
