import { mkdtempSync, readFileSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRepository, createMemoryStorage, openRepository, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import { createFaultStorage, flipBit, rewriteFile } from './fault-storage.ts';
import { loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from './sample-snapshot.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';

/** A volume with one snapshot, whose files look settled, so that the next snapshot takes them over without reading them. */
async function setUp() {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (const name of ['a', 'b', 'c']) {
    writeFileSync(join(volume, name), seededBytes(name.charCodeAt(0), 30_000));
    utimesSync(join(volume, name), 1_600_000_000, 1_600_000_000);
  }
  const path = join(scratch, 'repository');
  const source = { kind: 'directory', path: volume } as const;
  const later = { clock: { nowMs: () => Date.now() + 10_000 } };
  const { record } = await takeSnapshot(await createRepository({ path, profile: 'small' }), source, later);
  const packs = readdirSync(join(path, 'packs')).map((name) => join(path, 'packs', name));
  const isWhole = async (id: string) => {
    const target = mkdtempSync(join(scratch, 'restored-'));
    const { complete } = await restoreSnapshot(await openRepository({ path }), id, target);
    return complete && isDeepStrictEqual(await describeTree(target), await describeTree(volume));
  };
  return {
    path,
    first: record.id,
    isWhole,
    /** The object kind stands behind magic, version and flags. */
    dataPack: packs.find((pack) => readFileSync(pack)[12] === 0) ?? '',
    treePack: packs.find((pack) => readFileSync(pack)[12] === 1) ?? '',
    takeAgain: async () => takeSnapshot(await openRepository({ path }), source, { ...later, parent: record.id }),
  };
}

const damage = (pack: string, offset: number) => writeFileSync(pack, flipBit(readFileSync(pack), 8 * offset));

describe('a snapshot taken after damage does not depend on it', () => {
  test.each(['dataPack', 'treePack'] as const)('when a check has found it (%s), and it heals the older one', async (which) => {
    const world = await setUp();
    expect((await world.takeAgain()).report.files).toMatchObject({ unmodified: 3 });
    damage(world[which], 40);
    expect(await world.isWhole(world.first).catch(() => false)).toBe(false);
    const report = await (await openRepository({ path: world.path })).check({ readData: true });
    expect(report.damagedPacks).toHaveLength(1);
    const { record } = await world.takeAgain();
    expect(await world.isWhole(record.id)).toBe(true);
    expect(await world.isWhole(world.first)).toBe(true);
  });

  test('when a pack is shorter than its directory says, without any check', async () => {
    const world = await setUp();
    truncateSync(world.dataPack, 50_000);
    const { record } = await world.takeAgain();
    expect(await world.isWhole(record.id)).toBe(true);
  });

  test('when this process has met it', async () => {
    const storage = createMemoryStorage();
    const repository = await createRepository({ storage });
    const chunks = sampleChunks(1, 3);
    const first = await takeSampleSnapshot(repository, chunks);
    const id = repository.identify(chunks[1] ?? new Uint8Array());
    const at = repository.locate(id);
    await rewriteFile(storage, 'pack', at?.packName ?? '', (bytes) => flipBit(bytes, 8 * (at?.offset ?? 0)));
    expect(repository.has(id, 'data')).toBe(true);
    await expect(loadSampleSnapshot(repository, first)).rejects.toMatchObject({ code: 'object/damaged' });
    expect(repository.has(id, 'data')).toBe(false);
    const second = await takeSampleSnapshot(repository, chunks);
    expect(await loadSampleSnapshot(await openRepository({ storage }), second)).toEqual(chunks);
    expect(await loadSampleSnapshot(await openRepository({ storage }), first)).toEqual(chunks);
  });
});

test('a check of a storage that takes no writes only reports', async () => {
  const storage = createFaultStorage(createMemoryStorage());
  const repository = await createRepository({ storage });
  const { rootId } = await takeSampleSnapshot(repository, sampleChunks(1, 3));
  const pack = repository.locate(rootId)?.packName ?? '';
  await rewriteFile(storage, 'pack', pack, (bytes) => flipBit(bytes, 300));
  storage.isReadOnly = true;
  expect(await repository.check({ readData: true })).toMatchObject({ intact: false, damagedPacks: [pack] });
});
