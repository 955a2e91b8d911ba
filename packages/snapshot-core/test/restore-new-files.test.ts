import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryStorage, createRepository, restoreSnapshot, SnapshotError, takeSnapshot, type Repository } from '../src/index.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';

/** A tree with a directory that the restore has to make, and files in it that are written under their final names. */
async function snapshotOfOneFolder(): Promise<{ repository: Repository; id: string; target: string }> {
  const scratch = scratchDirectory();
  const folder = subdirectory(scratch, 'volume/folder');
  for (const [seed, name] of ['a-small', 'b-large', 'c-last'].entries()) writeFileSync(join(folder, name), seededBytes(seed + 1, name === 'b-large' ? 400_000 : 5_000));
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: join(scratch, 'volume') });
  return { repository, id: record.id, target: join(scratch, 'target') };
}

const namesOf = (issues: readonly { readonly displayPath: string; readonly reason: string }[]) => issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`);

test('a file whose content turns out to be damaged half-way leaves nothing under its name', async () => {
  const { repository, id, target } = await snapshotOfOneFolder();
  let loadedBytes = 0;
  let bad: string | undefined;
  const failing: Repository = {
    ...repository,
    async load(objectId, options) {
      const bytes = await repository.load(objectId, options);
      // Well inside of the large file: a part of it is written by then.
      if (loadedBytes < 200_000 && (loadedBytes += bytes.length) >= 200_000) bad = objectId;
      if (objectId === bad) throw new SnapshotError('object/damaged', 'a bad sector');
      return bytes;
    },
  };
  const report = await restoreSnapshot(failing, id, target);
  expect(namesOf(report.issues)).toEqual(['folder/b-large damaged']);
  expect(existsSync(join(target, 'folder/b-large'))).toBe(false);
  expect(readFileSync(join(target, 'folder/c-last'))).toEqual(Buffer.from(seededBytes(3, 5_000)));
});

test('a name that somebody else takes meanwhile stays theirs', async () => {
  const { repository, id, target } = await snapshotOfOneFolder();
  const meddling: Repository = {
    ...repository,
    async load(objectId, options) {
      if (existsSync(join(target, 'folder'))) writeFileSync(join(target, 'folder/c-last'), 'theirs', { flag: 'a' });
      return repository.load(objectId, options);
    },
  };
  const report = await restoreSnapshot(meddling, id, target);
  expect(namesOf(report.issues)).toEqual(['folder/c-last exists']);
  expect(readFileSync(join(target, 'folder/c-last'), 'utf8')).toMatch(/^(theirs)+$/);
});
