import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRepository, createMemoryStorage, createRepository, openRepository, restoreSnapshot, rollback, SnapshotError, takeSnapshot } from '../src/index.ts';
import type { FileKind, Storage } from '../src/index.ts';
import { collect } from './collect.ts';
import { createSteppingClock } from './lent-machine.ts';
import { commitSampleSnapshot, loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from './sample-snapshot.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';

const kinds: readonly FileKind[] = ['config', 'pack', 'index', 'snapshot', 'intent', 'epoch', 'lease'];

/** The storage as a disk shows it on which one file lies on bad sectors. */
function withBadFile(storage: Storage, kind: FileKind, name: string, cause?: Error): Storage {
  const failing = (otherKind: FileKind, otherName: string) => {
    if (kind === otherKind && name === otherName) throw new SnapshotError('storage/failed', `cannot read ${kind}/${name}: EIO`, { cause });
  };
  return {
    ...storage,
    get: async (k, n, call) => (failing(k, n), storage.get(k, n, call)),
    getRange: async (k, n, offset, length, call) => (failing(k, n), storage.getRange(k, n, offset, length, call)),
  };
}

test('one file on bad sectors costs what lies in it and nothing else, and no commit goes by an epoch that cannot be read', async () => {
  const clock = createSteppingClock();
  const storage = createMemoryStorage({ nowMs: () => clock.nowMs() });
  const repository = await createRepository({ storage, clock });
  const wanted = sampleChunks(1, 3);
  const snapshot = await takeSampleSnapshot(repository, wanted);
  const other = await takeSampleSnapshot(repository, sampleChunks(2, 3));
  const gone = await takeSampleSnapshot(repository, sampleChunks(3, 3));
  await repository.withLease('shared', async () => {
    await repository.forgetSnapshot(gone.id);
    await repository.putRecord('note', Buffer.from('note'));
  });
  await repository.prune();
  const killed: Storage = { ...storage, delete: () => Promise.reject(new TypeError('killed')) };
  await (await openRepository({ storage: killed, clock })).withLease('shared', async () => undefined).catch(() => undefined);

  const outcomes: string[] = [];
  for (const kind of kinds)
    for (const { name } of await collect(storage.list(kind))) {
      const bad = withBadFile(storage, kind, name);
      const opened = await openRepository({ storage: bad, clock });
      const { snapshots, damaged } = await opened.listSnapshots();
      expect([...snapshots, ...damaged].map(({ id }) => id).toSorted(), `${kind}/${name}`).toEqual([snapshot.id, other.id].toSorted());
      const isLoaded = async (record: typeof snapshot) => opened.withLease('shared', () => loadSampleSnapshot(opened, record)).then(() => true, () => false);
      const isCommitted = await opened.withLease('shared', () => commitSampleSnapshot(opened, sampleChunks(4, 2))).then(({ id }) => id, () => undefined);
      if (isCommitted !== undefined) await storage.delete('snapshot', isCommitted);
      const loaded = [await isLoaded(snapshot), await isLoaded(other)].filter(Boolean).length;
      expect((await checkRepository({ storage: bad, clock, readData: true })).findings.length).toBeGreaterThan(0);
      outcomes.push(`${kind}: ${snapshots.length} listed, ${loaded} loaded, ${isCommitted === undefined ? 'not committed' : 'committed'}`);
    }
  expect([...new Set(outcomes)]).toEqual([
    'config: 2 listed, 2 loaded, committed',
    'pack: 2 listed, 1 loaded, committed',
    'pack: 2 listed, 2 loaded, committed',
    'index: 2 listed, 2 loaded, committed',
    'snapshot: 1 listed, 2 loaded, committed',
    'intent: 2 listed, 2 loaded, committed',
    'epoch: 2 listed, 2 loaded, not committed',
    'lease: 2 listed, 2 loaded, committed',
  ]);
});

test('a bad sector under some content does not keep the rest from being brought back', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'a'), 'lost');
  const storage = createMemoryStorage();
  const { record: before } = await takeSnapshot(await createRepository({ storage }), { kind: 'directory', path: volume });
  writeFileSync(join(volume, 'b'), 'kept');
  const repository = await openRepository({ storage });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume }, { parent: before.id });
  const packName = repository.locate(repository.identify(Buffer.from('lost')))?.packName ?? '';
  const cause = Object.assign(new TypeError('i/o error'), { code: 'EIO' });
  const bad = await openRepository({ storage: withBadFile(storage, 'pack', packName, cause) });
  const target = subdirectory(volume, '../target');
  expect((await restoreSnapshot(bad, record.id, target)).issues).toMatchObject([{ displayPath: 'a', reason: 'damaged' }]);
  for (const name of ['a', 'b']) rmSync(join(volume, name));
  await expect(rollback(bad, record.id, volume, { operationId: 'op' })).rejects.toMatchObject({ code: 'object/damaged' });
  for (const place of [target, volume]) expect(readFileSync(join(place, 'b'), 'utf8')).toBe('kept');
});
