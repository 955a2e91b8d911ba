import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, restoreImage, restoreSnapshot, takeSnapshot, type FileVolume, type FileVolumeOptions, type Repository } from '../src/index.ts';
import { describeTree } from './support/describe-tree.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';

const key = new Uint8Array(32).fill(8);
const codecs = {
  plain: { hash: 'sha-256', compression: 'none' },
  zstd: { hash: 'sha-256', compression: 'zstd' },
  encrypted: { encryption: { key }, hash: 'sha-256', compression: 'none' },
  'encrypted, zstd, BLAKE3': { encryption: { key }, compression: 'zstd', hash: 'blake3' },
} as const;

/** Text, noise and zeros in turn. */
function mixedBytes(seed: number, lengthBytes: number): Buffer {
  const text = Buffer.from(`line ${seed} of a log that goes on and on\n`.repeat(700));
  return Buffer.concat([text, seededBytes(seed, 40_000), Buffer.alloc(20_000), text, seededBytes(seed + 1, lengthBytes)]).subarray(0, lengthBytes);
}

/** Bytes of all packs. */
function storedBytes(path: string): number {
  return readdirSync(join(path, 'packs')).reduce((sum, name) => sum + statSync(join(path, 'packs', name)).size, 0);
}

async function withVolume<T>(path: string, options: FileVolumeOptions, work: (volume: FileVolume) => Promise<T>): Promise<T> {
  const volume = await openFileVolume(path, options);
  try {
    return await work(volume);
  } finally {
    await volume.close();
  }
}

describe.each(Object.entries(codecs))('%s', (name, options) => {
  const isEncrypted = name.startsWith('encrypted');

  async function openAgain(path: string): Promise<Repository> {
    return openRepository({ path, ...(isEncrypted && { key }) });
  }

  test.each([0, 2])('images come back from every snapshot, through prune, with %i workers', async (workers) => {
    const scratch = scratchDirectory();
    const path = join(scratch, 'repository');
    const volumePath = join(scratch, 'volume');
    const repository = await createRepository({ path, profile: 'small', ...options });
    const take = (parent?: string) => withVolume(volumePath, { readOnly: true }, (volume) => takeSnapshot(repository, { kind: 'volume', volume }, { workers, ...(parent !== undefined && { parent }) }));
    const first = mixedBytes(1, 3_000_000);
    writeFileSync(volumePath, first);
    const taken = await take();
    const second = Buffer.concat([first.subarray(0, 500_000), mixedBytes(9, 300_000), first.subarray(800_000)]);
    writeFileSync(volumePath, second);
    const next = await take(taken.record.id);
    expect(next.record.statistics.addedBytes).toBeLessThan(900_000);

    const expectImage = async (from: Repository, id: string, bytes: Buffer): Promise<void> => {
      const target = join(scratch, `restored ${id}`);
      await withVolume(target, { resizeToBytes: bytes.length }, (volume) => restoreImage(from, id, volume));
      expect(Buffer.compare(readFileSync(target), bytes)).toBe(0);
    };
    const again = await openAgain(path);
    await expectImage(again, taken.record.id, first);
    await expectImage(again, next.record.id, second);
    expect(await again.check({ readData: true })).toMatchObject({ intact: true, findings: [] });

    await again.withLease('shared', () => again.forgetSnapshot(taken.record.id));
    for (let run = 0; run < 3; run++) await again.prune({ graceMs: 0, rewriteAboveDeadShare: 0.01 });
    const pruned = await openAgain(path);
    await expectImage(pruned, next.record.id, second);
    expect(await pruned.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test('trees come back, and take the room that the codec promises', async () => {
    const scratch = scratchDirectory();
    const path = join(scratch, 'repository');
    const tree = subdirectory(scratch, 'tree');
    for (let index = 0; index < 60; index++) {
      mkdirSync(join(tree, `folder ${index % 5}`), { recursive: true });
      writeFileSync(join(tree, `folder ${index % 5}`, `file ${index}`), Buffer.from(`content of file ${index}, `.repeat(1 + ((index * 37) % 900))));
    }
    const repository = await createRepository({ path, profile: 'small', ...options });
    const first = await takeSnapshot(repository, { kind: 'directory', path: tree });
    expect(storedBytes(path) < first.record.statistics.totalBytes / 4).toBe(name.includes('zstd'));
    const before = await describeTree(tree);
    appendFileSync(join(tree, 'folder 1', 'file 1'), 'and more');
    rmSync(join(tree, 'folder 2'), { recursive: true });
    const second = await takeSnapshot(repository, { kind: 'directory', path: tree }, { parent: first.record.id });
    const again = await openAgain(path);
    for (const [id, expected] of [[first.record.id, before], [second.record.id, await describeTree(tree)]] as const) {
      const target = join(scratch, id);
      await restoreSnapshot(again, id, target);
      expect(await describeTree(target)).toEqual(expected);
    }
    expect(await again.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });
});
