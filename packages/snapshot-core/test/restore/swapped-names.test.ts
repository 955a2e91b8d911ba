import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryStorage, createRepository, restoreSnapshot, rollback, takeSnapshot, type Repository, type RestoreReport } from '../../src/index.ts';
import { openBelow } from '../support/open-below.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { put } from './tree-to-restore.ts';

async function snapshotOf(volume: string): Promise<{ readonly repository: Repository; readonly id: string }> {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { workers: 0 });
  return { repository, id: record.id };
}

const namesOf = ({ issues }: Pick<RestoreReport, 'issues'>) => issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`);
const modeOf = (path: string) => lstatSync(path).mode & 0o7777;

/** A volume with one program, and a directory that was there before, whose owner has a file of his own. */
function programAndTarget() {
  const scratch = scratchDirectory();
  const [volume, target] = [subdirectory(scratch, 'volume'), subdirectory(scratch, 'target')];
  put(volume, 'bin/program', 'a program');
  chmodSync(join(volume, 'bin/program'), 0o4755);
  chmodSync(join(volume, 'bin'), 0o2755);
  mkdirSync(join(target, 'bin'));
  return { volume, target };
}

test('a file that somebody puts in the place of one just written gets none of its rights', async () => {
  const { volume, target } = programAndTarget();
  const { repository, id } = await snapshotOf(volume);
  writeFileSync(join(target, 'bin/own'), 'anything', { mode: 0o711 });
  let isSwapped = false;
  const report = await restoreSnapshot(repository, id, target, { workers: 0, onProgress: ({ filesDone }) => {
    // Counted, it has its name.
    if (filesDone !== 1 || isSwapped) return;
    isSwapped = true;
    renameSync(join(target, 'bin/own'), join(target, 'bin/program'));
  } });
  expect(isSwapped).toBe(true);
  expect(readFileSync(join(target, 'bin/program'), 'utf8')).toBe('anything');
  expect(modeOf(join(target, 'bin/program'))).toBe(0o711);
  expect(namesOf(report)).toEqual(['bin/program in-the-way']);
});

test('a directory that somebody puts in the place of one being filled gets none of its rights', async () => {
  const { volume, target } = programAndTarget();
  const { repository, id } = await snapshotOf(volume);
  let isSwapped = false;
  const report = await restoreSnapshot(repository, id, target, { workers: 0, onProgress: ({ filesDone }) => {
    if (filesDone !== 1 || isSwapped) return;
    isSwapped = true;
    renameSync(join(target, 'bin'), join(target, 'moved'));
    mkdirSync(join(target, 'bin'), { mode: 0o711 });
  } });
  expect(isSwapped).toBe(true);
  expect(modeOf(join(target, 'bin'))).toBe(0o711);
  expect(modeOf(join(target, 'moved/program'))).toBe(0o4755);
  expect(namesOf(report)).toEqual(['bin in-the-way']);
});

test('nor does one in the place of a directory being rolled back', async () => {
  const { volume } = programAndTarget();
  const { repository, id } = await snapshotOf(volume);
  writeFileSync(join(volume, 'bin/program'), 'something else');
  let isSwapped = false;
  const report = await rollback(repository, id, volume, { operationId: 'op', onProgress: ({ bytesWritten }) => {
    if (bytesWritten === 0 || isSwapped) return;
    isSwapped = true;
    renameSync(join(volume, 'bin'), join(volume, 'moved'));
    mkdirSync(join(volume, 'bin'), { mode: 0o711 });
  } });
  expect(isSwapped).toBe(true);
  expect(modeOf(join(volume, 'bin'))).toBe(0o711);
  expect(modeOf(join(volume, 'moved/program'))).toBe(0o4755);
  expect(namesOf(report)).toEqual(['bin in-the-way']);
});

test.runIf(process.platform === 'linux')('a file whose name is taken by a directory meanwhile is reported, and not left open', async () => {
  const { volume, target } = programAndTarget();
  const { repository, id } = await snapshotOf(volume);
  const taken = join(target, 'bin/program');
  const meddling: Repository = {
    ...repository,
    async load(objectId, options) {
      // Once its temporary file is there, its name was looked at.
      if (readdirSync(join(target, 'bin')).some((name) => name.endsWith('.tmp'))) mkdirSync(taken, { recursive: true });
      return repository.load(objectId, options);
    },
  };
  expect(namesOf(await restoreSnapshot(meddling, id, target, { workers: 0 }))).toEqual(['bin/program not-restorable']);
  expect(readdirSync(join(target, 'bin'))).toEqual(['program']);
  expect(openBelow(target)).toEqual([]);
});
