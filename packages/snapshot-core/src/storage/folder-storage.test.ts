import { rmSync } from 'node:fs';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { makeScratchFolder } from '../../test/scratch-folder.ts';
import { describeStorageContract } from '../../test/storage-contract.ts';
import { createFolderStorage } from './folder-storage.ts';

describeStorageContract('folder storage', async (nowMs) => createFolderStorage({ path: join(await makeScratchFolder(), 'not', 'there', 'yet'), nowMs }));

test('reading a folder that is not there finds nothing and creates nothing', async () => {
  const parent = await makeScratchFolder();
  const storage = createFolderStorage({ path: join(parent, 'absent') });
  expect(await collect(storage.list('pack'))).toEqual([]);
  await expect(storage.get('config', 'primary')).rejects.toMatchObject({ code: 'storage/not-found' });
  await storage.deleteLeftovers(0);
  expect(await readdir(parent)).toEqual([]);
});

test('files and folders are their owner\'s only, and no temporary file stays', async () => {
  const path = await makeScratchFolder();
  await createFolderStorage({ path }).put('snapshot', 's', [new Uint8Array(3)]);
  expect((await stat(join(path, 'snapshots'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, 'snapshots', 's'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(path, 'tmp'))).toEqual([]);
});

test('leftovers of interrupted writes are cleared once they are old enough', async () => {
  const path = await makeScratchFolder();
  await mkdir(join(path, 'tmp'));
  for (const name of ['old', 'new']) await writeFile(join(path, 'tmp', name), 'half');
  await utimes(join(path, 'tmp', 'old'), 1_000, 1_000);
  await utimes(join(path, 'tmp', 'new'), 5_000, 5_000);
  await createFolderStorage({ path, nowMs: () => 5_500_000 }).deleteLeftovers(1_000_000);
  expect(await readdir(join(path, 'tmp'))).toEqual(['new']);
});

test('a leftover that goes by itself while leftovers are cleared stops nobody', async () => {
  const path = await makeScratchFolder();
  await mkdir(join(path, 'tmp'));
  const leftover = join(path, 'tmp', 'old');
  await writeFile(leftover, 'half');
  // Its writer comes to its end between the look at it and the removal.
  const nowMs = () => {
    rmSync(leftover);
    return Date.now() + 1_000_000;
  };
  await createFolderStorage({ path, nowMs }).deleteLeftovers(1_000);
  expect(await readdir(join(path, 'tmp'))).toEqual([]);
});

test('a folder where a file should be is no stored file', async () => {
  const path = await makeScratchFolder();
  await mkdir(join(path, 'packs', 'folder'), { recursive: true });
  const storage = createFolderStorage({ path });
  expect(await collect(storage.list('pack'))).toEqual([]);
  expect(await storage.stat('pack', 'folder')).toBeUndefined();
  await expect(storage.get('pack', 'folder')).rejects.toMatchObject({ code: 'storage/failed' });
});
