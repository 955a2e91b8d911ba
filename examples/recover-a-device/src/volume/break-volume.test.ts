import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyBadUpdate } from './break-volume.ts';
import { differingPaths, readManifest } from './volume-manifest.ts';

let volume: string;
beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'volume-'));
  for (const [name, bytes] of [['large', 9_000], ['middle', 600], ['small', 50], ['tiny', 5]] as const) await writeFile(join(volume, name), 'x'.repeat(bytes));
});
afterEach(() => rm(volume, { recursive: true }));

test('a bad update changes, deletes, adds, and flips one bit that size and time do not show', async () => {
  const before = await readManifest(volume);
  const modified = (await stat(join(volume, 'large'))).mtimeMs;
  const damage = await applyBadUpdate(volume);
  expect(damage).toMatchObject({ changed: ['middle'], deleted: ['small'], flipped: { path: 'large', offset: 3_000 } });
  expect(differingPaths(before, await readManifest(volume))).toEqual(['large', 'middle', 'small', 'staged.driver', 'update.log']);
  const after = await stat(join(volume, 'large'));
  expect(after.size).toBe(9_000);
  expect(Math.abs(after.mtimeMs - modified)).toBeLessThan(1);
});

test('a volume that is too small to be broken is refused', async () => {
  await rm(join(volume, 'tiny'));
  await rm(join(volume, 'small'));
  await expect(applyBadUpdate(volume)).rejects.toMatchObject({ code: 'invalid-argument' });
});
