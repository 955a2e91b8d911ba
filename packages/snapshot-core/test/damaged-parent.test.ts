import { mkdirSync, mkdtempSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository, listSnapshot, openFileVolume, openRepository, restoreSnapshot, takeSnapshot, type Repository } from '../src/index.ts';
import { loadTreeRoot } from '../src/snapshot/list-snapshot.ts';
import { flipBit } from './fault-storage.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';

const later = { clock: { nowMs: () => Date.now() + 3_600_000 } };
const [folders, subfolders, files] = [4, 3, 400];

/** A volume whose pages fill several frames of one pack, in a repository with one snapshot of it. */
async function setUp() {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (let folder = 0; folder < folders; folder++)
    for (let sub = 0; sub < subfolders; sub++) {
      const path = join(volume, `folder-${folder}`, `sub-${sub}`);
      mkdirSync(path, { recursive: true });
      for (let file = 0; file < files; file++) writeNew(join(path, `${seededBytes(file, 40).toString('hex')}`), `${folder} ${sub} ${file}`);
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
  const place = (await openRepository({ path })).locate(pages.get('folder-2/sub-1') ?? '');
  const pack = join(path, 'packs', place?.packName ?? '');
  writeFileSync(pack, flipBit(readFileSync(pack), 8 * (place?.offset ?? 0)));
  const probe = await openRepository({ path });
  for (const intact of ['', 'folder-0/sub-0', 'folder-3/sub-2']) expect(await probe.load(pages.get(intact) ?? '')).toBeDefined();
  await expect(probe.load(pages.get('folder-2/sub-1') ?? '')).rejects.toMatchObject({ code: 'object/damaged' });

  const repository = await openRepository({ path });
  const { record, report } = await takeSnapshot(repository, source, { ...later, parent: first, workers });
  expect(new Set(report.issues.map(({ reason }) => reason))).toEqual(new Set(['parent-damaged']));
  expect(record).toMatchObject({ incomplete: false, parentId: first, statistics: { entryCount: folders * subfolders * files + folders * subfolders + folders + 1 } });
  // What the rest of the parent says still saves reading.
  expect(report.files.unmodified).toBeGreaterThanOrEqual(folders * files);
  expect(Object.values(report.files).reduce((sum, count) => sum + count, 0)).toBe(folders * subfolders * files);

  writeNew(join(volume, 'one more'), 'the repository can still be written to');
  const next = await takeSnapshot(repository, source, { ...later, parent: record.id, workers });
  expect(next.report).toMatchObject({ files: { new: 1, changed: 0, torn: 0 }, issues: [] });

  renameSync(pack, join(scratch, 'the damaged pack'));
  const target = mkdtempSync(join(scratch, 'restored-'));
  expect(await restoreSnapshot(await openRepository({ path }), next.record.id, target)).toMatchObject({ complete: true });
  expect(await describeTree(target)).toEqual(await describeTree(volume));
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
