import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryStorage, createRepository, listSnapshot, openFileVolume, openRepository, restoreSnapshot, SnapshotError, takeSnapshot, type ObjectLocation, type Repository, type SnapshotProgress, type Storage } from '../src/index.ts';
import type { ContentReference, ContentTable } from '../src/format/tree-entry.ts';
import { loadTreeRoot } from '../src/snapshot/list-snapshot.ts';
import { loadImageRoot } from '../src/snapshot/restore-image.ts';
import { loadTreeNode } from '../src/snapshot/tree-objects.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';

const later = { clock: { nowMs: () => Date.now() + 3_600_000 } };
const [folders, subfolders, files] = [4, 3, 200];
/** Long names fill pages with few files. */
const nameBytes = 120;

/** A volume whose pages fill several frames of one pack, in a repository with one snapshot of it. */
async function setUp() {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (let folder = 0; folder < folders; folder++)
    for (let sub = 0; sub < subfolders; sub++) {
      const path = join(volume, `folder-${folder}`, `sub-${sub}`);
      mkdirSync(path, { recursive: true });
      for (let file = 0; file < files; file++) writeNew(join(path, seededBytes(file, nameBytes).toString('hex')), `${folder} ${sub} ${file}`);
    }
  const path = join(scratch, 'repository');
  const source = { kind: 'directory', path: volume } as const;
  const { record } = await takeSnapshot(await createRepository({ path, profile: 'small' }), source, { ...later, workers: 0 });
  return { scratch, volume, path, source, first: record.id };
}

function writeNew(path: string, text: string): void {
  writeFileSync(path, text);
  utimesSync(path, 1_600_000_000, 1_600_000_000);
}

/** Overwrites a stored object; where it lies in a compressed frame is known roughly. @returns its pack */
function damage(path: string, place: ObjectLocation | undefined): string {
  if (place === undefined) throw new TypeError('not stored');
  const pack = join(path, 'packs', place.packName);
  writeFileSync(pack, readFileSync(pack).fill(0, place.offset, place.offset + 4_096));
  return pack;
}

/** Ids of the first pages of directories, by path. */
async function firstPages(repository: Repository, snapshotId: string): Promise<Map<string, string>> {
  const pages = new Map([['', (await loadTreeRoot(repository, snapshotId, {})).content.references[0]?.id ?? '']]);
  for await (const item of listSnapshot(repository, snapshotId))
    if (item.step === 'entry' && item.entry.type === 'directory') pages.set(Buffer.from(item.path).toString(), item.entry.content.references[0]?.id ?? '');
  return pages;
}

test.each([0, 2])('damage in a page of the parent costs reading, and nothing depends on the pack where it was met: with %i workers', { timeout: 120_000 }, async (workers) => {
  const { scratch, volume, path, source, first } = await setUp();
  const pages = await firstPages(await openRepository({ path }), first);
  const pack = damage(path, (await openRepository({ path })).locate(pages.get('folder-2/sub-1') ?? ''));
  const probe = await openRepository({ path });
  for (const intact of ['', 'folder-0/sub-0', 'folder-3/sub-2']) expect(await probe.load(pages.get(intact) ?? '')).toBeDefined();
  await expect(probe.load(pages.get('folder-2/sub-1') ?? '')).rejects.toMatchObject({ code: 'object/damaged' });

  // Pages that the first attempt makes anew refer to pages that are taken over.
  writeNew(join(volume, 'folder-1', 'new'), 'new');
  const entryCount = 1 + folders + folders * subfolders * (1 + files) + 1;

  const repository = await openRepository({ path });
  const progress: SnapshotProgress[] = [];
  const { record, report } = await takeSnapshot(repository, source, { ...later, parent: first, workers, onProgress: (now) => progress.push(now) });
  expect(new Set(report.issues.map(({ reason }) => reason))).toEqual(new Set(['parent-damaged']));
  expect(record).toMatchObject({ incomplete: false, parentId: first, statistics: { entryCount } });
  // What the rest of the parent says still saves reading.
  expect(report.files.unmodified).toBeGreaterThanOrEqual(folders * files);
  expect(Object.values(report.files).reduce((sum, count) => sum + count, 0)).toBe(folders * subfolders * files + 1);

  for (const count of ['filesDone', 'bytesRead', 'bytesReused', 'bytesAdded'] as const) expect(progress.map((each) => each[count])).toEqual(progress.map((each) => each[count]).toSorted((a, b) => a - b));
  expect(progress.at(-1)).toMatchObject({ filesDone: folders * subfolders * files + 1, bytesRead: report.bytesRead, bytesAdded: report.bytesAdded });

  writeNew(join(volume, 'one more'), 'the repository can still be written to');
  const next = await takeSnapshot(repository, source, { ...later, parent: record.id, workers });
  expect(next.report).toMatchObject({ files: { new: 1, changed: 0, torn: 0 }, issues: [] });

  renameSync(pack, join(scratch, 'the damaged pack'));
  const target = mkdtempSync(join(scratch, 'restored-'));
  expect(await restoreSnapshot(await openRepository({ path }), next.record.id, target)).toMatchObject({ complete: true });
  expect(await describeTree(target)).toEqual(await describeTree(volume));
});

test('what was made anew before the damage was met does not depend on it either, though all that it refers to had been found', async () => {
  const scratch = scratchDirectory();
  const [path, volume] = [join(scratch, 'repository'), subdirectory(scratch, 'volume')];
  const source = { kind: 'directory', path: volume } as const;
  for (const folder of ['a', 'b']) {
    mkdirSync(join(volume, folder, 'sub'), { recursive: true });
    for (let file = 0; file < 40; file++) writeNew(join(volume, folder, 'sub', seededBytes(file, nameBytes).toString('hex')), `${folder} ${file}`);
  }
  // What is not compressed is damaged where it lies, and nowhere else.
  const { record } = await takeSnapshot(await createRepository({ path, profile: 'small', compression: 'none' }), source, { ...later, workers: 0 });
  const pages = await firstPages(await openRepository({ path }), record.id);
  const pack = damage(path, (await openRepository({ path })).locate(pages.get('b/sub') ?? ''));
  for (const name of ['a', 'b']) writeNew(join(volume, name, 'new'), name);
  const next = await takeSnapshot(await openRepository({ path }), source, { ...later, parent: record.id, workers: 0 });
  expect(next.record.incomplete).toBe(false);
  renameSync(pack, join(scratch, 'the damaged pack'));
  expect(await restoreSnapshot(await openRepository({ path }), next.record.id, mkdtempSync(join(scratch, 'restored-')))).toMatchObject({ complete: true });
});

test.each([
  ['on a bad sector', 'storage/failed', Object.assign(new TypeError('EIO: i/o error, read'), { code: 'EIO' })],
  ['in a pack that has gone', 'storage/not-found', undefined],
] as const)('a page of the parent %s is stored anew, and nothing depends on its pack', async (_, code, cause) => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  const source = { kind: 'directory', path: volume } as const;
  for (const folder of ['a', 'b']) {
    mkdirSync(join(volume, folder));
    for (let file = 0; file < 40; file++) writeNew(join(volume, folder, `${file}`), `${folder} ${file}`);
  }
  const disk = createMemoryStorage();
  let lost: ObjectLocation | undefined;
  const storage: Storage = {
    ...disk,
    getRange: async (kind, name, offset, lengthBytes, call) => {
      const isHit = kind === 'pack' && name === lost?.packName && (code === 'storage/not-found' || (offset <= lost.offset && offset + lengthBytes > lost.offset));
      if (isHit) throw new SnapshotError(code, `cannot read ${name}`, { cause });
      return disk.getRange(kind, name, offset, lengthBytes, call);
    },
  };
  const { record } = await takeSnapshot(await createRepository({ storage, profile: 'small', compression: 'none' }), source, { ...later, workers: 0 });
  const opened = await openRepository({ storage });
  lost = opened.locate((await firstPages(opened, record.id)).get('b') ?? '');
  const next = await takeSnapshot(await openRepository({ storage }), source, { ...later, parent: record.id, workers: 0 });
  expect(next.record.incomplete).toBe(false);
  await disk.delete('pack', lost?.packName ?? '');
  const target = mkdtempSync(join(scratchDirectory(), 'restored-'));
  expect(await restoreSnapshot(await openRepository({ storage: disk }), next.record.id, target)).toMatchObject({ complete: true });
  expect(await describeTree(target)).toEqual(await describeTree(volume));
});

/** What refers to the chunks of an image; its keys decide how many levels are above. */
async function firstLevelLists(repository: Repository, { level, references }: ContentTable): Promise<readonly ContentReference[]> {
  if (level <= 1) return references;
  const nodes = await Promise.all(references.map((reference) => loadTreeNode(repository, reference, {})));
  return firstLevelLists(repository, { level: level - 1, references: nodes.flatMap((node) => (node.type === 'list' ? node.references : [])) });
}

const regionBytes = 67_108_864;

test.each([0, 2])('an image of which the parent is damaged half-way is taken again, whatever a change tracker says: with %i workers', { timeout: 120_000 }, async (workers) => {
  const scratch = scratchDirectory();
  const [path, image] = [join(scratch, 'repository'), join(scratch, 'image')];
  const file = openSync(image, 'w');
  for (let region = 0; region < 8; region++) writeSync(file, seededBytes(region, 4_194_304), 0, 4_194_304, region * regionBytes);
  ftruncateSync(file, 8 * regionBytes);
  closeSync(file);
  const volume = await openFileVolume(image, { readOnly: true });
  onTestFinished(() => volume.close());
  const first = await takeSnapshot(await createRepository({ path, profile: 'small' }), { kind: 'volume', volume }, { workers });
  const opened = await openRepository({ path });
  const lists = await firstLevelLists(opened, (await loadImageRoot(opened, first.record.id, {})).content);
  expect(lists.length).toBeGreaterThan(4);
  const pack = damage(path, opened.locate(lists.at(-2)?.id ?? ''));

  const changedRanges = (async function* () {
    yield await Promise.resolve({ offset: 100, bytes: 1 });
  })();
  const { record, report } = await takeSnapshot(await openRepository({ path }), { kind: 'volume', volume, changedRanges }, { parent: first.record.id, workers });
  expect(new Set(report.issues.map(({ reason }) => reason))).toEqual(new Set(['parent-damaged', 'changes-ignored']));
  expect(record).toMatchObject({ incomplete: false, statistics: { totalBytes: 8 * regionBytes, chunkCount: first.record.statistics.chunkCount } });
  expect(report.files).toEqual({ new: 1, changed: 0, unmodified: 0, torn: 0 });
  renameSync(pack, join(scratch, 'the damaged pack'));
  // What is stored anew is what was lost, so the parent is whole again, too.
  expect(await (await openRepository({ path })).check({ readData: true })).toMatchObject({ damagedSnapshots: [], damagedPacks: [basename(pack)] });
});

test('an image that was given up in the middle does not keep the repository from taking something else', { timeout: 120_000 }, async () => {
  const { path, source, first, scratch } = await setUp();
  const image = join(scratch, 'image');
  writeFileSync(image, seededBytes(1, 4 * 67_108_864));
  const repository = await openRepository({ path });
  const volume = await openFileVolume(image);
  const controller = new AbortController();
  const reason = new TypeError('enough');
  await expect(takeSnapshot(repository, { kind: 'volume', volume }, { workers: 2, signal: controller.signal, onProgress: () => controller.abort(reason) })).rejects.toBe(reason);
  await volume.close();
  const { record } = await takeSnapshot(repository, source, { ...later, parent: first, workers: 2 });
  expect(await restoreSnapshot(await openRepository({ path }), record.id, mkdtempSync(join(scratch, 'restored-')))).toMatchObject({ complete: true });
});
