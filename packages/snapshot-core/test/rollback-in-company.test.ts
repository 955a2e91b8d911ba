import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryStorage, createRepository, openFileVolume, pendingRollbacks, restoreSnapshot, resumeRollback, rollback, takeSnapshot } from '../src/index.ts';
import type { Repository, SnapshotRecord } from '../src/index.ts';
import { openTreeTarget } from '../src/rollback/open-target.ts';
import { planSteps } from '../src/rollback/plan-rollback.ts';
import { StepRunner } from '../src/rollback/run-step.ts';
import { loadTreeRoot } from '../src/snapshot/list-snapshot.ts';
import { PageBuilder } from '../src/snapshot/page-builder.ts';
import { readDirectory } from '../src/snapshot/read-content.ts';
import { saveTreeNode } from '../src/snapshot/tree-objects.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory } from './support/scratch.ts';
import { setUpRollback } from './support/set-up-rollback.ts';

test('in recovery nobody else\'s lease holds up the rollback, nor the safety snapshot in it', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  writeFileSync(join(volume, 'file'), 'after');
  await repository.withLease('exclusive', async () => {
    await expect(rollback(repository, id, volume, { operationId: 'op', safetySnapshot: true })).rejects.toMatchObject({ code: 'repository/locked' });
    expect(await rollback(repository, id, volume, { operationId: 'op', safetySnapshot: true, lease: { ignoreOthers: true } })).toMatchObject({ complete: true });
  });
  expect(await describeTree(volume)).toEqual(original);
});

test('a rollback is known by what it targets, under whatever path', async () => {
  const { scratch, volume, repository, id } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  writeFileSync(join(volume, 'file'), 'after');
  symlinkSync(volume, join(scratch, 'alias'));
  const controller = new AbortController();
  await rollback(repository, id, volume, { operationId: 'first', signal: controller.signal, onProgress: ({ bytesWritten }) => bytesWritten > 0 && controller.abort() }).catch(() => undefined);
  await expect(rollback(repository, id, join(scratch, 'alias'), { operationId: 'second' })).rejects.toMatchObject({ code: 'rollback/pending' });
  expect(await resumeRollback(repository, join(scratch, 'alias'))).toMatchObject({ operationId: 'first', complete: true });
});

test('a path that leads elsewhere by the time it is used changes nothing there', async () => {
  const { scratch, volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  writeFileSync(join(volume, 'file'), 'after');
  const [alias, elsewhere] = [join(scratch, 'alias'), join(scratch, 'elsewhere')];
  symlinkSync(volume, alias);
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'precious'), 'precious');
  const swap = () => {
    rmSync(alias);
    symlinkSync(elsewhere, alias);
  };
  expect(await rollback(repository, id, alias, { operationId: 'op', safetySnapshot: true, onProgress: ({ phase }) => phase === 'safety-snapshot' && swap() })).toMatchObject({ complete: true });
  expect(readdirSync(elsewhere)).toEqual(['precious']);
  expect(await describeTree(volume)).toEqual(original);
});

test('an image is one target, however its path is written', async () => {
  const path = join(scratchDirectory(), 'image');
  writeFileSync(path, Buffer.alloc(300_000, 1));
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const take = await openFileVolume(path);
  const { record } = await takeSnapshot(repository, { kind: 'volume', volume: take });
  await take.close();
  writeFileSync(path, Buffer.alloc(300_000, 2));
  const controller = new AbortController();
  const volume = await openFileVolume(relative(process.cwd(), path));
  await expect(rollback(repository, record.id, volume, { operationId: 'op', signal: controller.signal, onProgress: ({ phase }) => phase === 'write' && controller.abort() })).rejects.toThrow('abort');
  await volume.close();
  const again = await openFileVolume(path);
  await expect(rollback(repository, record.id, again, { operationId: 'other' })).rejects.toMatchObject({ code: 'rollback/pending' });
  expect(await resumeRollback(repository, again)).toMatchObject({ operationId: 'op', complete: true });
  await again.close();
});

test('of two rollbacks of one target that begin at the same moment, not both go on', async () => {
  const { volume, repository, id } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'one'));
  writeFileSync(join(volume, 'file'), 'two');
  const { record: other } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  writeFileSync(join(volume, 'file'), 'three');
  const results = await Promise.allSettled([rollback(repository, id, volume, { operationId: 'a' }), rollback(repository, other.id, volume, { operationId: 'b' })]);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'rollback/pending' });
  expect(await pendingRollbacks(repository)).toEqual([]);
  const [a, b] = results.map(({ status }) => status === 'fulfilled');
  expect(readFileSync(join(volume, 'file'), 'utf8')).toBe(a ? 'one' : b ? 'two' : 'three');
});

test('a rollback that can no longer be finished is superseded by one to another snapshot', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'one'));
  writeFileSync(join(volume, 'file'), 'two');
  const { record: lost } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  writeFileSync(join(volume, 'file'), 'three');
  const cut = async (snapshotId: string, operationId: string, supersede: boolean) => {
    const controller = new AbortController();
    await rollback(repository, snapshotId, volume, { operationId, supersede, signal: controller.signal, onProgress: ({ phase }) => phase === 'write' && controller.abort() }).catch(() => undefined);
  };
  await cut(lost.id, 'first', false);
  await repository.withLease('shared', () => repository.forgetSnapshot(lost.id));
  await expect(resumeRollback(repository, volume)).rejects.toMatchObject({ code: 'snapshot/not-found' });
  await expect(rollback(repository, id, volume, { operationId: 'second' })).rejects.toMatchObject({ code: 'rollback/pending' });
  writeFileSync(join(volume, 'file'), 'four');
  // Cut short as well: from then on it is the one to be finished.
  await cut(id, 'second', true);
  expect(await pendingRollbacks(repository)).toMatchObject([{ operationId: 'second' }]);
  expect(await resumeRollback(repository, volume)).toMatchObject({ operationId: 'second', complete: true });
  expect(await describeTree(volume)).toEqual(original);
  expect(await repository.listRecords()).toEqual([]);
});

test('one inode number that stood for two files in turn does not make them one file', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    writeFileSync(join(path, 'a'), 'one file');
    linkSync(join(path, 'a'), join(path, 'b'));
    writeFileSync(join(path, 'c'), 'another file');
    linkSync(join(path, 'c'), join(path, 'd'));
  });
  // What a snapshot stores when, while it ran, `a` and `b` were deleted and `c` and `d` got their number.
  const { record } = await retakeWithOneInode(repository, id);
  for (const name of ['a', 'b', 'c', 'd']) rmSync(join(volume, name));
  expect(await rollback(repository, record.id, volume, { operationId: 'op', verifyAll: true })).toMatchObject({ complete: true, actions: { create: 2, link: 2 } });
  expect(await describeTree(volume)).toEqual(original);
  const restored = join(volume, '..', 'restored');
  expect(await restoreSnapshot(repository, record.id, restored)).toMatchObject({ complete: true, files: 2, hardLinks: 2 });
  expect(readFileSync(join(restored, 'd'), 'utf8')).toBe('another file');
});

async function retakeWithOneInode(repository: Repository, id: string): Promise<{ record: SnapshotRecord }> {
  const root = await loadTreeRoot(repository, id, {});
  return repository.withLease('shared', async () => {
    const pages = new PageBuilder(repository, () => undefined);
    for await (const entry of readDirectory(repository, root, {})) await pages.add({ ...entry, inode: 7n }, {});
    const entry = { ...root, content: await pages.finish({}) };
    const { id: rootId } = await saveTreeNode(repository, { type: 'root', entry }, {});
    return { record: await repository.commitSnapshot({ ...(await repository.getSnapshot(id)), rootId }) };
  });
}

test('on Windows a stored name that would mean a path, a stream or a device there is reported and not written', async () => {
  const { volume, repository, id } = await setUpRollback((path) => {
    for (const name of ['..\\evil', 'file:stream', 'nul', 'fine']) writeFileSync(join(path, name), name);
    mkdirSync(join(path, 'a\\b'));
    writeFileSync(join(path, 'a\\b', 'inside'), 'inside');
  });
  rmSync(volume, { recursive: true });
  mkdirSync(volume);
  const context = { ...(await openTreeTarget(repository, volume, true, {})), windowsNames: true };
  onTestFinished(() => context.root.close());
  const runner = new StepRunner(context);
  for await (const step of planSteps(context, await loadTreeRoot(repository, id, {}))) await runner.run(step);
  await runner.drain();
  expect(readdirSync(volume)).toEqual(['fine']);
  expect(runner.issues.issues.map(({ displayPath, reason }) => `${reason} ${displayPath}`)).toEqual(['name ..\\evil', 'name a\\b', 'name file:stream', 'name nul']);
});

test('a record that can no longer be read holds up a rollback, but not one that supersedes what there was', async () => {
  const storage = createMemoryStorage();
  const volume = scratchDirectory();
  writeFileSync(join(volume, 'file'), 'before');
  const repository = await createRepository({ storage, profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  writeFileSync(join(volume, 'file'), 'after');
  await storage.put('intent', 'rollback-0123', [Buffer.from('no intent')]);
  await expect(rollback(repository, record.id, volume, { operationId: 'op' })).rejects.toMatchObject({ code: 'format/damaged' });
  expect(await rollback(repository, record.id, volume, { operationId: 'op', supersede: true })).toMatchObject({ complete: true });
  expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('before');
});

test('an operation id of any script fits, one that is too long is refused before anything is done, and a clock may tell fractions', async () => {
  const { volume, repository, id } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  for (const operationId of ['字'.repeat(67), '\ud800']) await expect(rollback(repository, id, volume, { operationId })).rejects.toMatchObject({ code: 'argument/invalid' });
  for (const nowMs of [1_700_000_000_000.25, -5.5]) {
    const { safetySnapshot } = await rollback(repository, id, volume, { operationId: '字'.repeat(66), safetySnapshot: true, clock: { nowMs: () => nowMs } });
    expect(safetySnapshot?.record.timeMs).toBe(Math.max(0, Math.floor(nowMs)));
  }
});
