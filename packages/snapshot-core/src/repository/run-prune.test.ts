import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { createFaultStorage, flipBit, rewriteFile } from '../../test/fault-storage.ts';
import { createSteppingClock } from '../../test/lent-machine.ts';
import { commitSampleSnapshot, loadSampleSnapshot, sampleChunks, saveSampleTree, takeSampleSnapshot } from '../../test/sample-snapshot.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { leaseDurationMs } from './lease-keeper.ts';
import { createRepository, openRepository } from './open-repository.ts';
import type { PruneReport } from './prune-report.ts';
import type { Repository } from './repository.ts';

const graceMs = 1_000;

async function makeWorld() {
  const clock = createSteppingClock();
  const storage = createFaultStorage(createMemoryStorage({ nowMs: () => clock.nowMs() }));
  const repository = await createRepository({ storage, clock });
  const forget = (id: string) => repository.withLease('shared', () => repository.forgetSnapshot(id));
  return { clock, storage, repository, forget, open: () => openRepository({ storage, clock }) };
}

const actionsOf = ({ verdicts }: PruneReport) => verdicts.map(({ action }) => action).toSorted();
const isSound = async (repository: Repository) => {
  const { findings, damagedSnapshots } = await repository.check({ readData: true });
  expect({ findings, damagedSnapshots }).toEqual({ findings: [], damagedSnapshots: [] });
};

/** Nothing of a snapshot lies in condemned packs only. */
const expectKept = (repository: Repository, rootId: string | undefined, chunks: readonly Uint8Array[]) => {
  expect(repository.has(rootId ?? '', 'tree')).toBe(true);
  for (const bytes of chunks) expect(repository.has(repository.identify(bytes), 'data')).toBe(true);
};

describe('prune', () => {
  test('condemns first and deletes after the grace time; what is needed stays', async () => {
    const { clock, storage, repository, forget } = await makeWorld();
    const kept = await takeSampleSnapshot(repository, sampleChunks(1, 4));
    const gone = await takeSampleSnapshot(repository, sampleChunks(2, 4));
    await forget(gone.id);
    const first = await repository.prune({ graceMs });
    expect(first).toMatchObject({ epoch: 1, deletedBytes: 0 });
    expect(actionsOf(first)).toEqual(['condemn', 'condemn', 'keep', 'keep']);
    expect(actionsOf(await repository.prune({ graceMs }))).toEqual(['await-grace', 'await-grace', 'keep', 'keep']);
    clock.advance(graceMs);
    const last = await repository.prune({ graceMs });
    expect(actionsOf(last)).toEqual(['delete', 'delete', 'keep', 'keep']);
    expect(last.deletedBytes).toBe(first.condemnedBytes);
    expect((await collect(storage.list('pack'))).length).toBe(2);
    expect(await loadSampleSnapshot(repository, kept)).toEqual(sampleChunks(1, 4));
    await isSound(repository);
    const quiet = await repository.prune({ graceMs });
    expect(actionsOf(quiet)).toEqual(['keep', 'keep']);
  });

  test('a dry run changes nothing', async () => {
    const { storage, repository, forget } = await makeWorld();
    await forget((await takeSampleSnapshot(repository, sampleChunks(2, 4))).id);
    let writes = 0;
    storage.beforeWrite = (_, kind) => {
      if (kind !== 'lease') writes++;
    };
    expect(actionsOf(await repository.prune({ dryRun: true }))).toEqual(['condemn', 'condemn']);
    expect(writes).toBe(0);
  });

  test('moves the living out of packs that are mostly dead', async () => {
    const { clock, storage, repository, forget } = await makeWorld();
    const shared = sampleChunks(7, 1);
    const gone = await takeSampleSnapshot(repository, [...sampleChunks(1, 6), ...shared]);
    const kept = await takeSampleSnapshot(repository, shared);
    await forget(gone.id);
    expect(actionsOf(await repository.prune({ graceMs }))).toContain('rewrite');
    clock.advance(graceMs);
    await repository.prune({ graceMs });
    expect(await loadSampleSnapshot(repository, kept)).toEqual(shared);
    const storedBytes = (await collect(storage.list('pack'))).map(({ sizeBytes }) => sizeBytes);
    expect(storedBytes.reduce((a, b) => a + b, 0)).toBeLessThan(1_500);
    await isSound(repository);
  });

  test('frees what it can before it copies, so that a nearly full disk is no dead end', async () => {
    const { clock, storage, repository, forget, open } = await makeWorld();
    const shared = sampleChunks(7, 1);
    await forget((await takeSampleSnapshot(repository, sampleChunks(5, 200))).id);
    await repository.prune({ graceMs, allowEmpty: true });
    const gone = await takeSampleSnapshot(repository, [...sampleChunks(1, 30), ...shared]);
    const kept = await takeSampleSnapshot(repository, shared);
    await forget(gone.id);
    clock.advance(graceMs);
    const packWrites: string[] = [];
    storage.beforeWrite = (call, kind) => {
      if (kind === 'pack') packWrites.push(call);
    };
    const report = await repository.prune({ graceMs });
    expect(actionsOf(report)).toEqual(expect.arrayContaining(['delete', 'rewrite']));
    expect(packWrites).toEqual(['delete', 'delete', 'put']);
    storage.beforeWrite = () => undefined;
    clock.advance(graceMs);
    await repository.prune({ graceMs });
    expect(await loadSampleSnapshot(await open(), kept)).toEqual(shared);
    await isSound(repository);
  });

  test('what comes back within the grace time is not deduplicated against the condemned', async () => {
    const { clock, repository, forget } = await makeWorld();
    const chunks = sampleChunks(3, 3);
    await forget((await takeSampleSnapshot(repository, chunks)).id);
    await repository.prune({ graceMs, allowEmpty: true });
    expect(repository.has(repository.identify(chunks[0] ?? new Uint8Array()))).toBe(false);
    const again = await takeSampleSnapshot(repository, chunks);
    clock.advance(graceMs);
    await repository.prune({ graceMs });
    expect(await loadSampleSnapshot(repository, again)).toEqual(chunks);
    await isSound(repository);
  });

  test('a record that appears while prune is about to delete keeps what it needs', async () => {
    const { clock, storage, repository, forget, open } = await makeWorld();
    const chunks = sampleChunks(6, 3);
    const snapshot = await takeSampleSnapshot(repository, chunks);
    const recordBytes = await storage.get('snapshot', snapshot.id);
    await forget(snapshot.id);
    await repository.prune({ graceMs, allowEmpty: true });
    clock.advance(graceMs);
    storage.beforeWrite = async (call, kind) => {
      if (call !== 'put' || kind !== 'epoch') return;
      storage.beforeWrite = () => undefined;
      // As a commit would whose process was stopped, with its lease long expired, right before it wrote its record.
      await storage.put('snapshot', snapshot.id, [recordBytes]);
    };
    const report = await repository.prune({ graceMs, allowEmpty: true });
    expect(report.deletedBytes).toBe(0);
    for (let round = 0; round < 3; round++) {
      clock.advance(graceMs);
      await repository.prune({ graceMs, allowEmpty: true });
    }
    expect(await loadSampleSnapshot(await open(), snapshot)).toEqual(chunks);
    expectKept(await open(), snapshot.rootId, chunks);
    await isSound(repository);
  });

  test('moves the living out of a tree pack with any dead tree, so that no tree outlives what is below it', async () => {
    const { clock, repository, open } = await makeWorld();
    const chunks = sampleChunks(8, 3);
    const { deadRoot, kept } = await repository.withLease('shared', async () => ({
      deadRoot: await saveSampleTree(repository, sampleChunks(9, 3)),
      kept: await commitSampleSnapshot(repository, chunks),
    }));
    expect(repository.locate(deadRoot)?.packName).toBe(repository.locate(kept.rootId)?.packName);
    expect(actionsOf(await repository.prune({ graceMs }))).toContain('rewrite');
    expect((await open()).has(deadRoot, 'tree')).toBe(false);
    clock.advance(graceMs);
    expect(actionsOf(await repository.prune({ graceMs }))).toContain('delete');
    expectKept(await open(), kept.rootId, chunks);
    expect(await loadSampleSnapshot(await open(), kept)).toEqual(chunks);
    await isSound(repository);
  });

  test('what two processes stored both is kept once, and then there is nothing left to do', async () => {
    const { clock, storage, repository, open } = await makeWorld();
    const other = await open();
    const both = sampleChunks(8, 3);
    const commitTwo = (writer: Repository, own: readonly Uint8Array[]) =>
      writer.withLease('shared', async () => {
        // Not flushed before the second, so that packs hold both.
        await saveSampleTree(writer, both);
        return [await commitSampleSnapshot(writer, own), await commitSampleSnapshot(writer, both)];
      });
    const taken = [await commitTwo(repository, sampleChunks(1, 1)), await commitTwo(other, sampleChunks(2, 1))].flat();
    const first = await repository.prune({ graceMs });
    expect(actionsOf(first)).toEqual(['keep', 'keep', 'rewrite', 'rewrite']);
    clock.advance(graceMs);
    expect(actionsOf(await repository.prune({ graceMs }))).toEqual(['delete', 'delete', 'keep', 'keep', 'keep', 'keep']);
    let writes = 0;
    storage.beforeWrite = (_, kind) => {
      if (kind !== 'lease') writes++;
    };
    clock.advance(graceMs);
    expect(actionsOf(await repository.prune({ graceMs }))).toEqual(['keep', 'keep', 'keep', 'keep']);
    expect(writes).toBe(0);
    for (const [at, chunks] of [sampleChunks(1, 1), both, sampleChunks(2, 1), both].entries()) expect(await loadSampleSnapshot(await open(), taken[at] ?? (await Promise.reject(new TypeError('not taken'))))).toEqual(chunks);
    await isSound(repository);
  });

  test('refuses to guess what a damaged snapshot needs', async () => {
    const { storage, repository } = await makeWorld();
    const snapshot = await takeSampleSnapshot(repository, sampleChunks(1, 3));
    await rewriteFile(storage, 'snapshot', snapshot.id, (bytes) => flipBit(bytes, 333));
    await expect(repository.prune()).rejects.toMatchObject({ code: 'format/damaged', message: expect.stringContaining(snapshot.id) });
  });

  test('refuses to guess what a damaged tree needs', async () => {
    const { storage, repository } = await makeWorld();
    const snapshot = await takeSampleSnapshot(repository, sampleChunks(1, 3));
    await rewriteFile(storage, 'pack', repository.locate(snapshot.rootId)?.packName ?? '', (bytes) => flipBit(bytes, 32 * 8));
    await expect(repository.prune()).rejects.toMatchObject({ code: 'object/damaged' });
  });
});

describe('without a single snapshot prune', () => {
  const refusal = { code: 'repository/no-snapshots', message: expect.stringMatching(/holds packs \(2\).*mounted.*allowEmpty: true/) };

  test('is refused where there are packs, before and after the grace time, and nothing has gone once the records are back', async () => {
    const { clock, storage, repository, open } = await makeWorld();
    const snapshot = await takeSampleSnapshot(repository, sampleChunks(1, 4));
    const isMounted = { snapshots: false };
    const halfMounted: Storage = {
      ...storage,
      async *list(kind, call) {
        if (kind !== 'snapshot' || isMounted.snapshots) yield* storage.list(kind, call);
      },
    };
    for (let round = 0; round < 3; round++) {
      await expect((await openRepository({ storage: halfMounted, clock })).prune({ graceMs })).rejects.toMatchObject(refusal);
      clock.advance(graceMs);
    }
    isMounted.snapshots = true;
    expect(actionsOf(await (await openRepository({ storage: halfMounted, clock })).prune({ graceMs }))).toEqual(['keep', 'keep']);
    expectKept(await open(), snapshot.rootId, sampleChunks(1, 4));
  });

  test('has nothing to ask before the first one, and uses what a first one that was cut short has left', async () => {
    const { repository, open } = await makeWorld();
    expect(await repository.prune()).toMatchObject({ verdicts: [], epoch: 0 });
    await repository.withLease('shared', () => saveSampleTree(repository, sampleChunks(1, 4)).then(() => repository.flush()));
    await expect((await open()).prune({ graceMs: 0 })).rejects.toMatchObject(refusal);
    const again = await open();
    await takeSampleSnapshot(again, sampleChunks(1, 4));
    expect(actionsOf(await again.prune({ graceMs: 0 }))).toEqual(['keep', 'keep']);
  });

  test('frees everything with the word of the caller, given each time, and then has nothing to ask', async () => {
    const { clock, storage, repository, forget } = await makeWorld();
    await forget((await takeSampleSnapshot(repository, sampleChunks(1, 4))).id);
    await expect(repository.prune({ graceMs })).rejects.toMatchObject(refusal);
    expect(actionsOf(await repository.prune({ graceMs, allowEmpty: true }))).toEqual(['condemn', 'condemn']);
    clock.advance(graceMs);
    await expect(repository.prune({ graceMs })).rejects.toMatchObject(refusal);
    expect(actionsOf(await repository.prune({ graceMs, allowEmpty: true }))).toEqual(['delete', 'delete']);
    expect(await collect(storage.list('pack'))).toEqual([]);
    expect(await repository.prune({ graceMs })).toMatchObject({ verdicts: [] });
  });
});

test.each(['under the same lease', 'under another lease'])('a snapshot that relied on a pack before it was found damaged is not committed as whole, %s and whoever else uses the object', async (when) => {
  const { storage, repository, open } = await makeWorld();
  const chunks = sampleChunks(4, 3);
  const draft = await takeSampleSnapshot(repository, chunks);
  const at = repository.locate(repository.identify(chunks[0] ?? new Uint8Array()));
  const taker = await open();
  const save = async () => {
    const rootId = await saveSampleTree(taker, [...chunks, ...sampleChunks(5, 2)]);
    await taker.flush();
    await rewriteFile(storage, 'pack', at?.packName ?? '', (bytes) => flipBit(bytes, 8 * (at?.offset ?? 0)));
    expect(await (await open()).check({ readData: true })).toMatchObject({ intact: false });
    return rootId;
  };
  const useOtherwise = () => taker.withLease('shared', async () => undefined);
  const commit = (rootId: string) => taker.commitSnapshot({ ...draft, rootId });
  const committed = when === 'under the same lease'
    ? taker.withLease('shared', async () => {
      const rootId = await save();
      await useOtherwise();
      return commit(rootId);
    })
    : taker.withLease('shared', save).then(async (rootId) => (await useOtherwise(), taker.withLease('shared', () => commit(rootId))));
  await expect(committed).rejects.toMatchObject({ code: 'repository/pruned' });
  expect((await repository.listSnapshots()).snapshots).toHaveLength(1);
});

describe('a snapshot that slept through its lease', () => {
  /** A sleeper has saved (or reused) everything, then loses its lease; `meanwhile` happens; then it commits. */
  async function sleepAndCommit(isFlushed: boolean, meanwhile: (world: Awaited<ReturnType<typeof makeWorld>>) => Promise<void>) {
    const world = await makeWorld();
    const chunks = sampleChunks(4, 3);
    const old = await takeSampleSnapshot(world.repository, chunks);
    const sleeper = await world.open();
    const committed = await sleeper.withLease('shared', async () => {
      await saveSampleTree(sleeper, [...chunks, ...sampleChunks(5, 2)]);
      if (isFlushed) await sleeper.flush();
      world.clock.advance(leaseDurationMs + 1);
      await world.forget(old.id);
      await meanwhile(world);
      return commitSampleSnapshot(sleeper, [...chunks, ...sampleChunks(5, 2)]);
    }).catch((error: unknown) => error);
    return { ...world, committed, chunks: [...chunks, ...sampleChunks(5, 2)] };
  }

  test.each([true, false])('while everything was condemned commits whole (flushed before: %s)', async (isFlushed) => {
    const { clock, repository, open, committed, chunks } = await sleepAndCommit(isFlushed, async ({ repository: pruner }) => {
      await pruner.prune({ graceMs, allowEmpty: true });
    });
    const { snapshots } = await repository.listSnapshots();
    expect([committed]).toEqual(snapshots);
    expect(snapshots[0]?.pruneEpoch).toBe(1);
    expectKept(await open(), snapshots[0]?.rootId, chunks);
    for (let round = 0; round < 3; round++) {
      clock.advance(2 * leaseDurationMs);
      await repository.prune({ graceMs });
      for (const snapshot of snapshots) expect(await loadSampleSnapshot(repository, snapshot)).toEqual(chunks);
    }
    await isSound(repository);
  });

  test('while everything was deleted is refused and leaves no record', async () => {
    const { repository, committed } = await sleepAndCommit(true, async ({ repository: pruner, clock }) => {
      await pruner.prune({ graceMs, allowEmpty: true });
      clock.advance(graceMs);
      await pruner.prune({ graceMs, allowEmpty: true });
    });
    expect(committed).toMatchObject({ code: expect.stringMatching(/^(repository\/pruned|object\/missing)$/) });
    expect((await repository.listSnapshots()).snapshots).toEqual([]);
    await isSound(repository);
  });

  test('a prune that raises the epoch right after the record was written is noticed', async () => {
    const world = await makeWorld();
    const chunks = sampleChunks(4, 3);
    const old = await takeSampleSnapshot(world.repository, chunks);
    const sleeper = await world.open();
    const pruner = await world.open();
    const committed = await sleeper.withLease('shared', async () => {
      await world.forget(old.id);
      world.storage.beforeWrite = async (_, kind) => {
        if (kind !== 'snapshot') return;
        world.storage.beforeWrite = () => undefined;
        world.clock.advance(leaseDurationMs + 1);
        // It lists the snapshots before this record is there.
        await pruner.prune({ graceMs, allowEmpty: true });
      };
      return commitSampleSnapshot(sleeper, chunks);
    });
    expectKept(await world.open(), committed.rootId, chunks);
    for (let round = 0; round < 3; round++) {
      world.clock.advance(2 * leaseDurationMs);
      await world.repository.prune({ graceMs });
      expect(await loadSampleSnapshot(world.repository, committed)).toEqual(chunks);
    }
    await isSound(world.repository);
  });
});

test('a prune killed at any of its writes loses nothing, and the next one finishes it', async () => {
  for (let killAt = 0; killAt < 40; killAt++) {
    const { clock, storage, repository, forget, open } = await makeWorld();
    const shared = sampleChunks(7, 1);
    const gone = await takeSampleSnapshot(repository, [...sampleChunks(1, 6), ...shared]);
    const kept = await takeSampleSnapshot(repository, [...shared, ...sampleChunks(2, 2)]);
    await forget(gone.id);
    await forget((await takeSampleSnapshot(repository, sampleChunks(9, 3))).id);
    let writes = 0;
    storage.beforeWrite = () => {
      if (writes++ >= killAt) throw new Error('killed');
    };
    const isKilled = await (async () => {
      await repository.prune({ graceMs });
      clock.advance(graceMs);
      await repository.prune({ graceMs });
    })().then(() => false, () => true);
    storage.beforeWrite = () => undefined;
    clock.advance(leaseDurationMs);
    const next = await open();
    expect(await loadSampleSnapshot(next, kept)).toEqual([...shared, ...sampleChunks(2, 2)]);
    expect((await next.check({ readData: true })).intact).toBe(true);
    for (let round = 0; round < 3; round++) {
      await next.prune({ graceMs });
      clock.advance(graceMs);
    }
    expect(await loadSampleSnapshot(await open(), kept)).toEqual([...shared, ...sampleChunks(2, 2)]);
    await isSound(next);
    if (!isKilled) return;
  }
  throw new TypeError('prune never ran to its end');
});

describe('prune and damage', () => {
  /** The same snapshot stored twice, by two processes that did not know of each other. */
  async function makeTwins() {
    const world = await makeWorld();
    const chunks = sampleChunks(4, 3);
    const other = await world.open();
    const kept = await takeSampleSnapshot(world.repository, chunks);
    await takeSampleSnapshot(other, chunks);
    const packNames = (await collect(world.storage.list('pack'))).map(({ name }) => name);
    expect(packNames).toHaveLength(4);
    return { ...world, chunks, kept, packNames };
  }

  test.each([0, 1, 2, 3])('of two copies it is not the intact one that goes (damaged: pack %i)', async (which) => {
    const { clock, storage, open, chunks, kept, packNames } = await makeTwins();
    await rewriteFile(storage, 'pack', packNames[which] ?? '', (bytes) => flipBit(bytes, 32 * 8));
    for (let round = 0; round < 3; round++) {
      await (await open()).prune({ graceMs });
      clock.advance(graceMs);
    }
    expect(await loadSampleSnapshot(await open(), kept)).toEqual(chunks);
  });

  test('a copy that could not be read for once does not go while the other is damaged', async () => {
    const { clock, storage, repository, open, chunks, kept } = await makeTwins();
    await repository.prune({ graceMs });
    clock.advance(graceMs);
    // The copy that stayed rots, and the other cannot be read at this moment.
    const [stays, other] = (await open()).engine.objects.index.copiesOf(repository.identify(chunks[0] ?? new Uint8Array()));
    await rewriteFile(storage, 'pack', stays?.pack.name ?? '', (bytes) => flipBit(bytes, 8 * ((stays?.object.frame.offset ?? 0) + (stays?.object.offset ?? 0))));
    const flaky: Storage = { ...storage, getRange: async (kind, name, ...rest) => (name === other?.pack.name ? Promise.reject(new SnapshotError('storage/failed', 'the network is down')) : storage.getRange(kind, name, ...rest)) };
    await (await openRepository({ storage: flaky, clock })).prune({ graceMs }).catch(() => undefined);
    expect(await loadSampleSnapshot(await open(), kept)).toEqual(chunks);
  });

  test('a pack condemned for damage is neither trusted again nor deleted while something in it is needed', async () => {
    const { clock, storage, repository, open } = await makeWorld();
    const chunks = sampleChunks(4, 3);
    await takeSampleSnapshot(repository, chunks);
    const [intact, damaged] = chunks.map((bytes) => repository.identify(bytes));
    const at = repository.locate(damaged ?? '');
    await rewriteFile(storage, 'pack', at?.packName ?? '', (bytes) => flipBit(bytes, 8 * (at?.offset ?? 0)));
    expect(await repository.check({ readData: true })).toMatchObject({ damagedPacks: [at?.packName] });
    for (let round = 0; round < 3; round++) {
      const { verdicts } = await (await open()).prune({ graceMs });
      expect(verdicts.find(({ packName }) => packName === at?.packName)).toMatchObject({ action: 'await-grace', reason: expect.stringContaining('damaged') });
      clock.advance(graceMs);
    }
    expect((await open()).has(damaged ?? '', 'data')).toBe(false);
    expect(await (await open()).load(intact ?? '')).toEqual(chunks[0]);
  });

  test('a damaged chunk in a pack to be rewritten does not stop the prune, and the pack stays', async () => {
    const { clock, storage, repository, forget, open } = await makeWorld();
    const shared = sampleChunks(7, 2);
    const gone = await takeSampleSnapshot(repository, [...sampleChunks(1, 6), ...shared]);
    await takeSampleSnapshot(repository, shared);
    await forget(gone.id);
    const at = repository.locate(repository.identify(shared[0] ?? new Uint8Array()));
    await rewriteFile(storage, 'pack', at?.packName ?? '', (bytes) => flipBit(bytes, 8 * (at?.offset ?? 0)));
    for (let round = 0; round < 3; round++) {
      await (await open()).prune({ graceMs });
      clock.advance(graceMs);
    }
    expect(await (await open()).load(repository.identify(shared[1] ?? new Uint8Array()))).toEqual(shared[1]);
  });
});

describe('an epoch that the disk does not give', () => {
  /** A repository with a condemned pack, opened before the sectors under its epoch went bad. */
  async function makeWorldWithBadSectors() {
    const { clock, storage: sound, repository, forget } = await makeWorld();
    const chunks = sampleChunks(3, 3);
    await takeSampleSnapshot(repository, sampleChunks(1, 2));
    await forget((await takeSampleSnapshot(repository, chunks)).id);
    await repository.prune({ graceMs });
    const bad = { kind: '' };
    const storage: Storage = { ...sound, get: async (kind, name, call) => (kind === bad.kind ? Promise.reject(new SnapshotError('storage/failed', 'bad sectors')) : sound.get(kind, name, call)) };
    return { clock, storage, bad, chunks, opened: await openRepository({ storage, clock }) };
  }

  test('does not make anybody forget what was condemned', async () => {
    const { bad, chunks, opened } = await makeWorldWithBadSectors();
    bad.kind = 'epoch';
    await expect(opened.load('ab'.repeat(32))).rejects.toMatchObject({ code: 'object/missing' });
    expect(chunks.map((bytes) => opened.has(opened.identify(bytes), 'data'))).toEqual([false, false, false]);
  });

  test('does not keep a check from telling what else is damaged', async () => {
    const { storage, bad, opened } = await makeWorldWithBadSectors();
    const at = opened.locate(opened.identify(sampleChunks(1, 2)[0] ?? new Uint8Array()));
    await rewriteFile(storage, 'pack', at?.packName ?? '', (bytes) => flipBit(bytes, 8 * (at?.offset ?? 0)));
    bad.kind = 'epoch';
    const { findings } = await opened.check({ readData: true });
    expect(findings.map(({ file }) => file)).toEqual(expect.arrayContaining([`pack/${at?.packName}`, 'epoch/00000001']));
  });
});
