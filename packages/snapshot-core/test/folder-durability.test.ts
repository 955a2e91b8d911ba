import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeScratchFolder } from './scratch-folder.ts';
import { sampleChunks, takeSampleSnapshot } from './sample-snapshot.ts';
import { createRepository, openRepository } from '../src/repository/open-repository.ts';
import { createFolderStorage } from '../src/storage/folder-storage.ts';
import type * as WriteDurably from '../src/storage/write-durably.ts';

const { log } = vi.hoisted(() => ({ log: [] as string[] }));

/** The real calls, noted down. */
vi.mock('../src/storage/write-durably.ts', async (importOriginal) => {
  const original = await importOriginal<typeof WriteDurably>();
  return {
    ...original,
    writeDurably: async (...given: Parameters<typeof original.writeDurably>) => {
      await original.writeDurably(...given);
      log.push(`stored in ${given[0].split('/').at(-2)}`);
    },
    syncFolder: async (path: string) => {
      await original.syncFolder(path);
      log.push(`synced ${path.split('/').at(-1)}`);
    },
  };
});

test('a folder that somebody else has just made is made durable before a file in it counts', async () => {
  const path = join(await makeScratchFolder(), 'repository');
  for (const folder of ['packs', 'tmp']) await mkdir(join(path, folder), { recursive: true });
  log.length = 0;
  await createFolderStorage({ path }).put('pack', 'p', [new Uint8Array(1)]);
  expect(log.indexOf('synced repository')).toBeGreaterThanOrEqual(0);
  expect(log.indexOf('synced repository')).toBeLessThan(log.indexOf('stored in packs'));
});

test('packs that a killed process left are made durable before anything refers to them', async () => {
  const path = join(await makeScratchFolder(), 'repository');
  const chunks = sampleChunks(1, 3);
  const first = await createRepository({ path });
  const { id } = await takeSampleSnapshot(first, chunks);
  // All of it is stored, and nothing refers to it: it may have got its names a moment ago.
  const storage = createFolderStorage({ path });
  for await (const { name } of storage.list('index')) await storage.delete('index', name);
  await storage.delete('snapshot', id);
  const second = await openRepository({ path });
  log.length = 0;
  await takeSampleSnapshot(second, chunks);
  expect(log).not.toContain('stored in packs');
  expect(log.indexOf('synced packs')).toBeGreaterThanOrEqual(0);
  expect(log.indexOf('synced packs')).toBeLessThan(log.indexOf('stored in index'));
  expect(log.indexOf('stored in index')).toBeLessThan(log.indexOf('stored in snapshots'));
});
