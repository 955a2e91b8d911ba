import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from './support/scratch.ts';
import { flipByte, seededBytes } from './support/tree-operations.ts';
import { createMemoryStorage, createRepository, diffSnapshots, summarizeChanges, takeSnapshot } from '../src/index.ts';

test('says what was added, removed and changed, and how many bytes', async () => {
  const volume = scratchDirectory();
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const take = async () => (await takeSnapshot(repository, { kind: 'directory', path: volume })).record.id;
  mkdirSync(join(volume, 'gone/deep'), { recursive: true });
  writeFileSync(join(volume, 'gone/deep/file'), '12345');
  writeFileSync(join(volume, 'large'), seededBytes(1, 500_000));
  writeFileSync(join(volume, 'mode'), 'x');
  writeFileSync(join(volume, 'same'), 'same');
  writeFileSync(join(volume, 'type'), '123');
  symlinkSync('a', join(volume, 'z-link'));
  const first = await take();
  rmSync(join(volume, 'gone'), { recursive: true });
  flipByte(join(volume, 'large'), 250_000);
  chmodSync(join(volume, 'mode'), 0o600);
  rmSync(join(volume, 'type'));
  mkdirSync(join(volume, 'type'));
  writeFileSync(join(volume, 'type/new'), '1234567');
  rmSync(join(volume, 'z-link'));
  symlinkSync('b', join(volume, 'z-link'));
  const second = await take();

  const lines: string[] = [];
  const summary = await summarizeChanges(diffSnapshots(repository, first, second), ({ change, displayPath, type, what }) => lines.push([change, displayPath, type, ...what].join(' ')));
  expect(lines).toEqual([
    'removed gone directory', 'removed gone/deep directory', 'removed gone/deep/file file', 'changed large file content', 'changed mode file metadata',
    'removed type file', 'added type directory', 'added type/new file', 'changed z-link symlink content metadata',
  ]);
  expect(summary).toMatchObject({ added: { count: 2, bytes: 7 }, removed: { count: 4, bytes: 8 }, changed: { count: 3 } });
  expect(summary.changed.bytes).toBeGreaterThan(0);
  expect(summary.changed.bytes).toBeLessThan(200_000);
  expect(await summarizeChanges(diffSnapshots(repository, second, second))).toMatchObject({ added: { count: 0 }, removed: { count: 0 }, changed: { count: 0 } });
});
