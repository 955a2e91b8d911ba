import { cp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../src/repository/open-repository.ts';
import { makeScratchFolder } from '../scratch-folder.ts';
import { loadSampleSnapshot } from '../sample-snapshot.ts';
import { goldenKey, goldenPassphrase, goldenText, goldenVariants, makeGoldenRepository } from './golden-repository.ts';

const variants = Object.keys(goldenVariants) as (keyof typeof goldenVariants)[];
const goldenPath = (variant: string): string => fileURLToPath(new URL(variant, import.meta.url));

/** Hexadecimal contents by path; empty folders do not count. */
async function contentsOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).toSorted();
  const contents: Record<string, string> = {};
  for (const path of paths) contents[path.slice(root.length)] = await readFile(path, 'hex');
  return contents;
}

// When this fails, repositories out there can no longer be trusted to open: a change of format is a new version, not a new fixture.
test.each(variants.filter((variant) => goldenVariants[variant].isComparable))('what is written today is, byte for byte, what was written for the committed repository: %s', async (variant) => {
  const path = await makeScratchFolder();
  await makeGoldenRepository(path, variant);
  expect(await contentsOf(path)).toEqual(await contentsOf(goldenPath(variant)));
});

describe.each(variants)('the committed repository: %s', (variant) => {
  const isEncrypted = variant.startsWith('encrypted');
  const credentials = isEncrypted ? [{ key: goldenKey }, { passphrase: goldenPassphrase }] : [{}];

  test('opens, checks clean and gives its bytes back', async () => {
    const path = await makeScratchFolder();
    await cp(goldenPath(variant), path, { recursive: true });
    for (const credential of credentials) {
      const repository = await openRepository({ path, ...credential });
      expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [], damagedSnapshots: [] });
      const { snapshots } = await repository.listSnapshots();
      expect(snapshots).toHaveLength(isEncrypted ? 2 : 1);
      for (const snapshot of snapshots) expect(Buffer.concat(await loadSampleSnapshot(repository, snapshot)).equals(goldenText)).toBe(true);
      expect(Buffer.from((await repository.getRecord('golden-record')) ?? []).toString()).toBe('a record');
    }
  });
});
