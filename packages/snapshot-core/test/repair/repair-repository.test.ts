import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SnapshotError, createFolderStorage, decodeTreeObject, listSnapshot, pendingRollbacks, repairRepository, resumeRollback, rollback, takeSnapshot, type Repository, type TreeEntry } from '../../src/index.ts';
import { readReferences } from '../../src/snapshot/read-content.ts';
import { createFaultStorage } from '../fault-storage.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { contentsOf, damageFile, damageObject, filesIn, restoredFiles, setUpWorld, worldKey } from './repair-world.ts';

const now = { graceMs: 0 };

async function entryOf(repository: Repository, id: string, path: string): Promise<TreeEntry> {
  for await (const item of listSnapshot(repository, id)) if (item.step === 'entry' && Buffer.from(item.path).toString() === path) return item.entry;
  throw new TypeError(`${path} is not there`);
}

/** The first chunk of a file. */
async function chunkOf(repository: Repository, id: string, path: string): Promise<string> {
  const entry = await entryOf(repository, id, path);
  if (entry.type !== 'file') throw new TypeError(`${path} is no file`);
  return (await firstOf(readReferences(repository, entry.content, 'data', {}))).id;
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new TypeError('there is none');
}

async function pruned(open: () => Promise<Repository>) {
  for (let round = 0; round < 2; round++) await (await open()).prune(now);
  return (await open()).check({ readData: true });
}

test('a sound repository needs nothing, and is left as it is', async () => {
  const { options, path } = await setUpWorld();
  const before = await contentsOf(path);
  expect(await repairRepository(options)).toEqual({ actions: [], complete: true, copiedObjects: 0, copiedBytes: 0 });
  expect(await contentsOf(path)).toEqual(before);
});

describe('what is stored twice is mended from the other copy', () => {
  test.each(['primary', 'copy'])('the config (%s)', async (name) => {
    const { options, path, open } = await setUpWorld();
    const file = join(path, 'config', name);
    const before = readFileSync(file);
    for (const spoil of [() => rmSync(file), () => damageFile(file, 40)]) {
      spoil();
      expect((await repairRepository(options)).actions).toMatchObject([{ action: 'write', file: `config/${name}` }]);
      expect(readFileSync(file)).toEqual(before);
    }
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test('the index, from the packs', async () => {
    const { options, path, open, second, scratch } = await setUpWorld();
    const [first = '', ...others] = filesIn(path, 'index');
    damageFile(first, 50);
    for (const other of others) rmSync(other);
    const { actions } = await repairRepository(options);
    expect(actions).toContainEqual(expect.objectContaining({ action: 'delete', file: `index/${first.slice(-64)}` }));
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
    expect(await restoredFiles(await open(), second.id, scratch)).toMatchObject({ complete: true });
  });

  test('directories of packs, from the index', async () => {
    const { options, path, open, second, image, scratch } = await setUpWorld();
    for (const pack of filesIn(path, 'packs')) damageFile(pack, readFileSync(pack).length - 70);
    const { actions, complete } = await repairRepository(options);
    expect(complete).toBe(true);
    expect(new Set(actions.map(({ action }) => action))).toEqual(new Set(['condemn']));
    // Even the old index and the old packs are not needed any more.
    expect(await pruned(open)).toMatchObject({ intact: true, findings: [] });
    expect(await restoredFiles(await open(), second.id, scratch)).toMatchObject({ complete: true });
    expect((await (await open()).getSnapshot(image.id)).id).toBe(image.id);
  });

  test('an epoch, whose packs may be condemned again', async () => {
    const { options, path, open, first } = await setUpWorld();
    const repository = await open();
    await repository.withLease('shared', () => repository.forgetSnapshot(first.id));
    await repository.prune({ graceMs: 1e9 });
    const [epoch = ''] = filesIn(path, 'epochs');
    damageFile(epoch, 40);
    expect((await repairRepository(options)).actions).toMatchObject([{ action: 'delete', file: `epoch/${epoch.slice(-8)}` }]);
    expect(await pruned(open)).toMatchObject({ intact: true, findings: [] });
  });
});

test('packs that an index file lists and that are gone are struck off, and unlisted ones are listed', async () => {
  const { options, path, open, image } = await setUpWorld();
  const repository = await open();
  await repository.withLease('shared', () => repository.forgetSnapshot(image.id));
  const gone = repository.locate((await repository.getSnapshot(image.id).catch(() => image)).rootId)?.packName ?? '';
  rmSync(join(path, 'packs', gone));
  expect((await repairRepository(options)).actions).toMatchObject([{ action: 'list', file: `pack/${gone}` }]);
  for (const file of filesIn(path, 'index')) rmSync(file);
  const { actions } = await repairRepository(options);
  expect(actions.length).toBeGreaterThan(2);
  expect(actions.every(({ action }) => action === 'list')).toBe(true);
  expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
});

describe('a tree that has lost content', () => {
  test.each([{}, { compression: 'zstd', hash: 'blake3' }, { isEncrypted: true, compression: 'zstd' }] as const)('becomes a snapshot of the rest (%o)', async (choices) => {
    const { options, path, open, volume, second, first, image, scratch } = await setUpWorld(choices);
    const whole = await restoredFiles(await open(), second.id, scratch);
    damageObject(await open(), path, await chunkOf(await open(), second.id, 'd'));
    const report = await repairRepository(options);
    const replaced = report.actions.filter(({ action }) => action === 'replace');
    expect(replaced).toHaveLength(1);
    expect(report).toMatchObject({ complete: true });
    const repository = await open();
    const { snapshots } = await repository.listSnapshots();
    expect(snapshots.map(({ id }) => id)).toEqual([first.id, replaced[0]?.newSnapshotId, image.id]);
    const [, record] = snapshots;
    expect(record).toMatchObject({ parentId: first.id, timeMs: second.timeMs, labels: ['kept', 'repaired'], incomplete: true });
    const rest = await restoredFiles(repository, record?.id ?? '', scratch);
    expect(rest).toMatchObject({ complete: false, issues: ['d damaged'] });
    expect(rest.files).toEqual(new Map([...whole.files].filter(([name]) => name !== 'd')));
    // A rollback leaves what lies there, and says so.
    writeFileSync(join(volume, 'a'), 'changed');
    writeFileSync(join(volume, 'd'), 'what lies there now');
    expect(await rollback(repository, record?.id ?? '', volume, { operationId: 'x', verifyAll: true })).toMatchObject({ complete: false, issues: [{ displayPath: 'd', reason: 'not-restorable' }] });
    expect(readFileSync(join(volume, 'd'), 'utf8')).toBe('what lies there now');
    expect(readFileSync(join(volume, 'a')).toString('base64')).toBe(whole.files.get('a'));
    expect(await pruned(open)).toMatchObject({ intact: true, findings: [] });
    expect((await restoredFiles(await open(), record?.id ?? '', scratch)).files).toEqual(rest.files);
    expect((await repairRepository(options)).actions).toEqual([]);
    // The next snapshot has all of it again, also with the repaired one as its parent.
    const next = await takeSnapshot(await open(), { kind: 'directory', path: volume }, { parent: record?.id ?? '' });
    const again = await restoredFiles(await open(), next.record.id, scratch);
    expect(again.complete).toBe(true);
    expect(Buffer.from(again.files.get('d') ?? '', 'base64').toString()).toBe('what lies there now');
  });

  test('keeps what is in the rest of a large directory, of which nothing unknown is removed', async () => {
    // Compressed, root and pages share a frame, and are lost together.
    const { options, path, open, volume, scratch } = await setUpWorld({ compression: 'none' });
    mkdirSync(join(volume, 'large'));
    const name = (index: number) => `large/file-${String(index).padStart(5, '0')}`;
    for (let index = 0; index < 1_500; index++) writeFileSync(join(volume, name(index)), '');
    const { record } = await takeSnapshot(await open(), { kind: 'directory', path: volume });
    const repository = await open();
    const entry = await entryOf(repository, record.id, 'large');
    if (entry.type !== 'directory') throw new TypeError('no directory');
    const page = await firstOf(readReferences(repository, entry.content, 'tree', {}));
    damageObject(repository, path, page.id);
    const { actions } = await repairRepository(options);
    const newId = actions.find(({ action }) => action === 'replace')?.newSnapshotId ?? '';
    const { files, issues } = await restoredFiles(await open(), newId, scratch);
    expect(issues).toEqual(['large damaged']);
    expect(files.size).toBe(4 + 1_500 - page.measure);
    rmSync(join(volume, name(1_499)));
    writeFileSync(join(volume, 'new'), 'not in the snapshot, and in a directory that is known whole');
    writeFileSync(join(volume, 'large', 'new'), 'nobody knows whether it was in the snapshot');
    expect(await rollback(await open(), newId, volume, { operationId: 'x', verifyAll: true })).toMatchObject({ complete: false, actions: { delete: 1, create: 1, blocked: 1 } });
    expect(readFileSync(join(volume, 'large', 'new'), 'utf8')).toMatch(/nobody/);
    const next = await takeSnapshot(await open(), { kind: 'directory', path: volume }, { parent: newId });
    expect(await restoredFiles(await open(), next.record.id, scratch)).toMatchObject({ complete: true, issues: [] });
  });

  test('is finished by a rollback that was under way', async () => {
    const { options, path, open, volume, first, second } = await setUpWorld();
    const repository = await open();
    damageObject(repository, path, await chunkOf(repository, second.id, 'd'));
    writeFileSync(join(volume, 'd'), 'changed');
    await expect(rollback(await open(), second.id, volume, { operationId: 'cut short' })).rejects.toMatchObject({ code: 'object/damaged' });
    const { actions } = await repairRepository(options);
    const newId = actions.find(({ action }) => action === 'replace')?.newSnapshotId;
    expect(await pendingRollbacks(await open())).toMatchObject([{ snapshotId: newId, target: volume }]);
    expect(await resumeRollback(await open(), volume)).toMatchObject({ snapshotId: newId, issueCount: 1 });
    expect(await pendingRollbacks(await open())).toEqual([]);
    expect((await (await open()).listRecords()).length).toBe(0);
    expect(await rollback(await open(), first.id, volume, { operationId: 'y' })).toMatchObject({ complete: true });
  });
});

test('an object that is intact in another pack is lost to nobody', async () => {
  const { options, path, open, volume, second } = await setUpWorld();
  const chunk = await chunkOf(await open(), second.id, 'd');
  damageObject(await open(), path, chunk);
  await (await open()).check({ readData: true });
  const healed = await takeSnapshot(await open(), { kind: 'directory', path: volume }, { parent: second.id });
  const { actions } = await repairRepository(options);
  expect(actions.filter(({ action }) => action === 'replace')).toEqual([]);
  expect(await pruned(open)).toMatchObject({ intact: true, findings: [] });
  expect((await (await open()).listSnapshots()).snapshots.map(({ id }) => id)).toContain(healed.record.id);
});

describe('what cannot be mended is named and kept, until it is to be forgotten', () => {
  test('an image with a lost chunk', async () => {
    const { options, path, open, image } = await setUpWorld();
    const repository = await open();
    damageFile(join(path, 'packs', repository.locate((await imageChunks(repository, image.rootId))[0] ?? '')?.packName ?? ''), 100);
    const report = await repairRepository(options);
    expect(report).toMatchObject({ complete: false });
    expect(report.actions.at(-1)).toMatchObject({ action: 'keep', file: `snapshot/${image.id}`, reason: expect.stringContaining('image') });
    expect((await (await open()).getSnapshot(image.id)).id).toBe(image.id);
    expect((await repairRepository({ ...options, forgetUnrepairable: true })).actions).toMatchObject([{ action: 'forget', file: `snapshot/${image.id}` }]);
    expect(await pruned(open)).toMatchObject({ intact: true, findings: [] });
  });

  test.each(['snapshots', 'intents', 'keys'])('what cannot be read in %s', async (folder) => {
    const { options, path, open, second } = await setUpWorld({ isEncrypted: true });
    const repository = await open();
    await repository.withLease('shared', () => repository.putRecord('a', Buffer.from('b')));
    const added = await repository.addKey({ key: new Uint8Array(32).fill(9) });
    const name = { snapshots: second.id, intents: 'a', keys: `${added.id}-0001` }[folder] ?? '';
    const file = join(path, folder, name);
    damageFile(file, 60);
    expect(await repairRepository(options)).toMatchObject({ complete: false, actions: [{ action: 'keep' }] });
    expect(readFileSync(file).length).toBeGreaterThan(0);
    expect(await repairRepository({ ...options, forgetUnrepairable: true })).toMatchObject({ complete: true, actions: [{ action: 'forget' }] });
    expect(await pruned(open)).toMatchObject({ intact: true });
  });

  test('a pack that nobody knows the contents of is condemned, kept for the grace time, and then deleted', async () => {
    const { options, path, open, image } = await setUpWorld();
    const name = 'ab'.repeat(32);
    writeFileSync(join(path, 'packs', name), seededBytes(1, 500));
    expect((await repairRepository(options)).actions).toMatchObject([{ action: 'condemn', file: `pack/${name}` }]);
    // A prune that condemns others remembers it.
    const repository = await open();
    await repository.withLease('shared', () => repository.forgetSnapshot(image.id));
    await repository.prune({ graceMs: 1e9 });
    expect((await repairRepository(options)).actions).toMatchObject([{ action: 'keep', file: `pack/${name}` }]);
    expect((await repairRepository({ ...options, graceMs: 0 })).actions).toMatchObject([{ action: 'delete', file: `pack/${name}` }]);
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test('a file that no repository has', async () => {
    const { options, path } = await setUpWorld();
    for (const folder of ['packs', 'index', 'snapshots', 'epochs', 'keys']) {
      mkdirSync(join(path, folder), { recursive: true });
      writeFileSync(join(path, folder, 'notes.txt'), 'mine');
    }
    const before = await contentsOf(path);
    const report = await repairRepository({ ...options, forgetUnrepairable: true, graceMs: 0 });
    expect(report.actions.map(({ action, file }) => `${action} ${file}`).toSorted()).toEqual(['epoch', 'index', 'key', 'pack', 'snapshot'].map((kind) => `keep ${kind}/notes.txt`));
    expect(await contentsOf(path)).toEqual(before);
  });
});

test('a dry run says the same and writes nothing, on a storage that takes no writes too', async () => {
  const { options, path, open, second } = await setUpWorld();
  damageObject(await open(), path, await chunkOf(await open(), second.id, 'd'));
  damageFile(filesIn(path, 'index')[0] ?? '', 50);
  rmSync(join(path, 'config', 'copy'));
  const before = await contentsOf(path);
  const storage = createFaultStorage(createFolderStorage({ path }));
  storage.isReadOnly = true;
  const planned = await repairRepository({ storage, dryRun: true });
  expect(await contentsOf(path)).toEqual(before);
  expect(planned.actions.length).toBeGreaterThan(3);
  expect(await repairRepository({ ...options, dryRun: true })).toEqual(planned);
  expect(await repairRepository(options)).toEqual(planned);
});

test('another process at work, a missing key and a read error stop it before anything is changed', async () => {
  const { options, path, open, second } = await setUpWorld({ isEncrypted: true });
  damageFile(join(path, 'packs', (await open()).locate(second.rootId)?.packName ?? ''), 80);
  const before = await contentsOf(path);
  const repository = await open();
  await repository.withLease('shared', async () => {
    await expect(repairRepository(options)).rejects.toMatchObject({ code: 'repository/locked' });
    expect((await repairRepository({ ...options, dryRun: true })).actions.length).toBeGreaterThan(0);
  });
  await expect(repairRepository({ path })).rejects.toMatchObject({ code: 'repository/key-required' });
  await expect(repairRepository({ path, key: new Uint8Array(32) })).rejects.toMatchObject({ code: 'repository/wrong-key' });
  const inner = createFolderStorage({ path });
  for (const kind of ['pack', 'snapshot', 'index'] as const) {
    const failing = { ...inner, get: async (...values: Parameters<typeof inner.get>) => (values[0] === kind ? Promise.reject(new SnapshotError('storage/failed', 'a bad sector')) : inner.get(...values)) };
    await expect(repairRepository({ storage: failing, key: worldKey })).rejects.toMatchObject({ code: 'storage/failed' });
  }
  expect(await contentsOf(path)).toEqual(before);
});

async function imageChunks(repository: Repository, rootId: string): Promise<string[]> {
  return decodeTreeObject(await repository.load(rootId)).references.map(({ id }) => id);
}
