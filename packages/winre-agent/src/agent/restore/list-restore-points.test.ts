import { createMemoryStorage, createRepository, openRepository, SnapshotError, takeSnapshot, type CheckReport, type Storage } from '@winre-kit/snapshot-core';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeSnapshot } from './judge-snapshot.ts';
import { listRestorePoints, requireIntact } from './list-restore-points.ts';

const { signal } = new AbortController();

/** One restore point on a disk of which some folders can be made to fail, for the next reads or for good. */
async function setUp() {
  const path = await mkdtemp(join(tmpdir(), 'list-points-'));
  await writeFile(join(path, 'file'), 'content');
  const failures = { kind: '', left: 0 };
  const inner = createMemoryStorage();
  const read = <T>(kind: string, work: () => Promise<T>): Promise<T> => (kind === failures.kind && failures.left-- > 0 ? Promise.reject(new SnapshotError('storage/failed', 'EIO')) : work());
  const storage: Storage = {
    ...inner,
    get: (kind, name, call) => read(kind, () => inner.get(kind, name, call)),
    getRange: (kind, name, offset, lengthBytes, call) => read(kind, () => inner.getRange(kind, name, offset, lengthBytes, call)),
  };
  await takeSnapshot(await createRepository({ storage }), { kind: 'directory', path }, { labels: [] });
  const repository = await openRepository({ storage });
  const list = async (kind: string, left: number) => {
    Object.assign(failures, { kind, left });
    return listRestorePoints(repository, signal);
  };
  return { list, inner };
}

test('a disk or network that fails once leaves a restore point intact; one that goes on failing makes it unverified, never damaged', async () => {
  const { list } = await setUp();
  expect(await list('pack', 1)).toMatchObject([{ state: 'intact' }]);
  const points = await list('pack', Number.POSITIVE_INFINITY);
  expect(points).toMatchObject([{ state: 'unverified', detail: expect.stringContaining('could not be read') }]);
  expect(() => points.forEach(requireIntact)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  // It cannot be listed now, and reads well a moment later.
  expect(await list('snapshot', 1)).toMatchObject([{ state: 'unverified', detail: expect.stringContaining('EIO') }]);
  expect(await list('snapshot', Number.POSITIVE_INFINITY)).toMatchObject([{ state: 'unverified' }]);
  expect(await list('none', 0)).toMatchObject([{ state: 'intact' }]);
});

test('damage is damage still', async () => {
  const { list, inner } = await setUp();
  for await (const { name } of inner.list('pack')) {
    const bytes = await inner.get('pack', name);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await inner.delete('pack', name);
    await inner.put('pack', name, [bytes]);
  }
  const points = await list('none', 0);
  expect(points).toMatchObject([{ state: 'damaged', detail: expect.stringContaining('pack/') }]);
  expect(() => points.forEach(requireIntact)).toThrow(expect.objectContaining({ code: 'data-loss', facts: { unmet: ['restore-point-intact'] } }));
});

test('what a check says about one snapshot: damage before doubt', () => {
  const finding = (severity: 'error' | 'unread', file: string, damagedSnapshots: string[], unverifiedSnapshots: string[]) => ({ severity, file, message: 'why', damagedSnapshots, unverifiedSnapshots });
  const report: CheckReport = {
    intact: false,
    findings: [finding('unread', 'pack/a', [], ['one', 'two']), finding('error', 'pack/b', ['one'], [])],
    damagedSnapshots: ['one'], unverifiedSnapshots: ['two'], damagedPacks: ['b'], filesChecked: 2, bytesRead: 2,
  };
  expect(['one', 'two', 'three'].map((id) => judgeSnapshot(id, report))).toEqual([{ state: 'damaged', detail: 'pack/b: why' }, { state: 'unverified', detail: 'pack/a: why' }, { state: 'intact' }]);
});
