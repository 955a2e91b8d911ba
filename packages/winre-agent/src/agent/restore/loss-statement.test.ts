import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestJson, lossStatementSchema } from '@winre-kit/sdk';
import { createRepository, takeSnapshot, type Repository } from '@winre-kit/snapshot-core';
import { beforeEach, expect, test } from 'vitest';
import type { RecoveryVolume } from '../../platform/recovery-volume.ts';
import { lossStatementOf, rebuildLoss, rollbackLosses } from './loss-statement.ts';

const { signal } = new AbortController();
let folder: string;
let root: string;
let repository: Repository;
let snapshotId: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loss-'));
  root = join(folder, 'root');
  await mkdir(join(root, 'docs'), { recursive: true });
  await writeFile(join(root, 'docs/kept'), 'kept');
  await writeFile(join(root, 'docs/changed'), 'before');
  await writeFile(join(root, 'flipped'), 'abcdef');
  await writeFile(join(root, 'deleted'), 'gone later');
  await writeFile(join(root, 'becomes-link'), 'text');
  repository = await createRepository({ path: join(folder, 'repository') });
  snapshotId = (await takeSnapshot(repository, { kind: 'directory', path: root })).record.id;
});

test('what would be lost is what was created or changed since, down to one byte with its time kept; what was deleted comes back', async () => {
  await writeFile(join(root, 'docs/changed'), 'after, and longer');
  await mkdir(join(root, 'new'));
  await writeFile(join(root, 'new/file'), 'created');
  await rm(join(root, 'deleted'));
  await rm(join(root, 'becomes-link'));
  await symlink('docs', join(root, 'becomes-link'));
  const { atime, mtime } = await stat(join(root, 'flipped'));
  await writeFile(join(root, 'flipped'), 'abcdeF');
  await utimes(join(root, 'flipped'), atime, mtime);
  const losses = await rollbackLosses(repository, snapshotId, root, signal);
  expect((await lossStatementOf(losses, undefined)).entries.map(({ path, change }) => `${change} ${path}`)).toEqual(['modified becomes-link', 'modified docs/changed', 'modified flipped', 'created new/file']);
  expect(await readFile(join(root, 'docs/changed'), 'utf8')).toBe('after, and longer');
});

test('nothing changed, nothing lost', async () => {
  expect(await rollbackLosses(repository, snapshotId, root, signal)).toEqual([]);
});

test('a statement is sorted, counted, and its digest covers entries that are not listed', async () => {
  const entries = Array.from({ length: 1_200 }, (_, index) => ({ path: `file-${String(index).padStart(4, '0')}`, change: 'created' as const, bytes: 2 }));
  const statement = await lossStatementOf(entries.toReversed(), { from: '2026-11-22T03:00:00.000Z', to: '2026-11-22T04:00:00.000Z' });
  expect(lossStatementSchema.parse(statement)).toMatchObject({ files: 1_200, bytes: 2_400, truncated: true, digest: await digestJson(entries) });
  expect(statement.entries).toEqual(entries.slice(0, 1_000));
});

test('a rebuild takes everything; of a locked volume nobody knows what that is', async () => {
  const volume = (locked: boolean): RecoveryVolume => ({ status: async () => ({ locked }), root: async () => root }) as unknown as RecoveryVolume;
  expect((await rebuildLoss(volume(false), signal)).entries.map(({ path }) => path)).toEqual(['becomes-link', 'deleted', 'docs/changed', 'docs/kept', 'flipped']);
  expect(await rebuildLoss(volume(true), signal)).toMatchObject({ files: 0, truncated: true });
});
