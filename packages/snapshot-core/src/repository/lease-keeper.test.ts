import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { createFaultStorage, flipBit, rewriteFile } from '../../test/fault-storage.ts';
import { createHolder, createSteppingClock } from '../../test/lent-machine.ts';
import { commitSampleSnapshot, sampleChunks } from '../../test/sample-snapshot.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { leaseDurationMs } from './lease-keeper.ts';
import type { LeaseHolder } from './lease.ts';
import { createRepository, openRepository } from './open-repository.ts';

const noWork = async () => 'done';
const locked = { code: 'repository/locked' };

async function makeWorld() {
  const clock = createSteppingClock();
  const storage = createFaultStorage(createMemoryStorage({ nowMs: () => clock.nowMs() }));
  await createRepository({ storage, clock });
  const open = (holder: LeaseHolder) => openRepository({ storage, clock, holder });
  return { clock, storage, open, a: await open(createHolder('host-a', 1)), b: await open(createHolder('host-b', 2)) };
}

const leasesIn = async (storage: Storage) => (await collect(storage.list('lease'))).map(({ name }) => name);

describe('leases', () => {
  test('shared ones are held together, and leave nothing behind', async () => {
    const { storage, a, b } = await makeWorld();
    const result = await a.withLease('shared', () => b.withLease('shared', async () => (await leasesIn(storage)).length));
    expect(result).toBe(2);
    expect(await leasesIn(storage)).toEqual([]);
  });

  test.each([
    ['shared', 'exclusive'],
    ['exclusive', 'shared'],
    ['exclusive', 'exclusive'],
  ] as const)('while one is %s, %s is refused at once and names the holder', async (first, second) => {
    const { a, b } = await makeWorld();
    await a.withLease(first, async () => {
      await expect(b.withLease(second, noWork)).rejects.toMatchObject({ ...locked, message: expect.stringContaining('process 1 on host-a') });
    });
    expect(await b.withLease(second, noWork)).toBe('done');
  });

  test('a lease is given back when the work fails', async () => {
    const { a, b } = await makeWorld();
    const failure = new Error('work failed');
    await expect(a.withLease('exclusive', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await b.withLease('exclusive', noWork)).toBe('done');
  });

  test('whoever may wait gets it when the holder is done, and gives up when the time has passed', async () => {
    const { clock, a, b } = await makeWorld();
    let done: () => void = () => undefined;
    const holding = a.withLease('exclusive', () => new Promise<void>((resolve) => (done = resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    const startMs = clock.nowMs();
    await expect(b.withLease('shared', noWork, { waitAtMostMs: 5_000 })).rejects.toMatchObject(locked);
    expect(clock.nowMs() - startMs).toBe(5_000);
    const waiting = b.withLease('shared', noWork, { waitAtMostMs: 60_000 });
    done();
    await holding;
    expect(await waiting).toBe('done');
  });

  test('waiting ends with the reason of an abort, and leaves nothing', async () => {
    const { storage, a, b } = await makeWorld();
    const reason = new Error('enough');
    const abort = new AbortController();
    await a.withLease('exclusive', async () => {
      storage.beforeWrite = (call) => {
        if (call === 'delete') abort.abort(reason);
      };
      await expect(b.withLease('shared', noWork, { waitAtMostMs: 1e9, signal: abort.signal })).rejects.toBe(reason);
      expect(await leasesIn(storage)).toHaveLength(1);
    });
  });

  test('of two that ask for it all at the same moment, not both get it', async () => {
    const { a, b } = await makeWorld();
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const options = { waitAtMostMs: 600_000 };
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => (index % 2 ? a : b).withLease('exclusive', work, options)));
    expect(most).toBe(1);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  });

  test('the lease of a dead process on this host is void, that of one on another host holds until it expires', async () => {
    const { clock, storage, open, b } = await makeWorld();
    const dying = await open(createHolder('host-b', 77));
    storage.beforeWrite = (call) => {
      if (call === 'delete') throw new Error('killed');
    };
    await expect(dying.withLease('exclusive', noWork)).rejects.toThrow('killed');
    storage.beforeWrite = () => undefined;
    const elsewhere = await open(createHolder('host-c', 3));
    await expect(elsewhere.withLease('shared', noWork)).rejects.toMatchObject(locked);
    clock.advance(leaseDurationMs - 1);
    await expect(elsewhere.withLease('shared', noWork)).rejects.toMatchObject(locked);
    clock.advance(1);
    expect(await elsewhere.withLease('shared', noWork)).toBe('done');
    expect(await leasesIn(storage)).toEqual([]);
    expect(await b.withLease('exclusive', noWork)).toBe('done');
  });

  test('recovery may go ahead whatever is held', async () => {
    const { a, b } = await makeWorld();
    await a.withLease('exclusive', async () => {
      expect(await b.withLease('shared', noWork, { ignoreOthers: true })).toBe('done');
    });
  });

  test('a lease from the future, as a wrong clock leaves it, does not hold for years', async () => {
    const { clock, a, b } = await makeWorld();
    await a.withLease('exclusive', async () => {
      clock.advance(-10 * leaseDurationMs);
      expect(await b.withLease('shared', noWork)).toBe('done');
    });
  });

  test('a lease whose holder meets a clock that was set back is renewed by the new time', async () => {
    const { clock, storage, a, b } = await makeWorld();
    await a.withLease('exclusive', async () => {
      clock.advance(-10 * leaseDurationMs);
      await a.engine.renewLeases();
      await expect(b.withLease('shared', noWork)).rejects.toMatchObject(locked);
      clock.advance(leaseDurationMs / 2);
      await a.engine.renewLeases();
      clock.advance(leaseDurationMs / 2);
      await expect(b.withLease('shared', noWork)).rejects.toMatchObject(locked);
      expect(await leasesIn(storage)).toHaveLength(1);
    });
  });

  test('a damaged lease keeps prune off until it would have expired, and recovery not at all', async () => {
    const { clock, storage, a, b } = await makeWorld();
    await a.withLease('shared', async () => {
      const [name = ''] = await leasesIn(storage);
      await rewriteFile(storage, 'lease', name, (bytes) => flipBit(bytes, 280));
      expect(await b.withLease('shared', noWork)).toBe('done');
      await expect(b.prune()).rejects.toMatchObject(locked);
      clock.advance(leaseDurationMs);
      await b.prune();
    });
  });

  test('a shared lease that cannot be renewed for want of room is kept, and renewed when there is room again', async () => {
    const { clock, storage, a } = await makeWorld();
    await a.withLease('shared', async () => {
      const before = await leasesIn(storage);
      storage.roomBytes = 0;
      clock.advance(leaseDurationMs / 2);
      await a.save(Buffer.from('one'), 'data');
      expect(await leasesIn(storage)).toEqual(before);
      storage.roomBytes = Number.POSITIVE_INFINITY;
      clock.advance(leaseDurationMs / 4);
      await a.save(Buffer.from('two'), 'data');
      expect(await leasesIn(storage)).toHaveLength(1);
      expect(await leasesIn(storage)).not.toEqual(before);
    });
    expect(await leasesIn(storage)).toEqual([]);
  });

  test('long work renews its lease; work that slept through it still commits', async () => {
    const { clock, storage, a, b } = await makeWorld();
    await a.withLease('shared', async () => {
      for (let round = 0; round < 5; round++) {
        clock.advance(leaseDurationMs / 2);
        await a.save(Buffer.from(`round ${round}`), 'data');
        await expect(b.withLease('exclusive', noWork)).rejects.toMatchObject(locked);
        expect(await leasesIn(storage)).toHaveLength(1);
      }
      clock.advance(100 * leaseDurationMs);
      await b.prune();
      await commitSampleSnapshot(a, sampleChunks(1, 3));
    });
    expect(await b.check({ readData: true })).toMatchObject({ intact: true, damagedSnapshots: [] });
  });

  test('an abort in the middle of a renewal leaves no lease behind', async () => {
    for (const abortAt of ['put', 'delete']) {
      const { clock, storage, a } = await makeWorld();
      const reason = new Error('enough');
      const abort = new AbortController();
      await a.withLease('shared', async () => {
        clock.advance(leaseDurationMs / 2);
        storage.beforeWrite = (call, kind) => {
          if (call === abortAt && kind === 'lease') abort.abort(reason);
        };
        await a.save(Buffer.from('one'), 'data', { signal: abort.signal }).catch(() => undefined);
        expect(abort.signal.aborted).toBe(true);
      });
      expect(await leasesIn(storage)).toEqual([]);
    }
  });

  test('a lease that is given back while it is being renewed is gone', async () => {
    const { clock, storage, a, b } = await makeWorld();
    let goOn: () => void = () => undefined;
    let saving: Promise<unknown> = Promise.resolve();
    const failure = new Error('work failed');
    const work = a.withLease('shared', async () => {
      clock.advance(leaseDurationMs / 2);
      const isRenewing = new Promise<void>((resolve) => {
        storage.beforeWrite = async (call, kind) => {
          if (call !== 'put' || kind !== 'lease') return;
          storage.beforeWrite = () => undefined;
          resolve();
          await new Promise<void>((release) => (goOn = release));
        };
      });
      saving = a.save(Buffer.from('one'), 'data');
      await isRenewing;
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    goOn();
    await saving;
    expect(await leasesIn(storage)).toEqual([]);
    expect(await b.withLease('exclusive', noWork)).toBe('done');
  });

  test('an exclusive lease that could not be renewed counts from when it was', async () => {
    const { clock, storage, a, b } = await makeWorld();
    await a.withLease('exclusive', async () => {
      clock.advance(leaseDurationMs / 2);
      storage.beforeWrite = () => {
        throw new SnapshotError('storage/failed', 'the network is down');
      };
      await expect(a.flush()).rejects.toMatchObject({ code: 'storage/failed' });
      storage.beforeWrite = () => undefined;
      clock.advance(leaseDurationMs / 2);
      expect(await b.withLease('exclusive', noWork)).toBe('done');
      await expect(a.flush()).rejects.toMatchObject(locked);
    });
  });

  test('a shared lease that cannot be renewed stops nobody: what follows does not depend on it', async () => {
    const { clock, storage, a } = await makeWorld();
    await a.withLease('shared', async () => {
      clock.advance(leaseDurationMs / 2);
      storage.beforeWrite = (_, kind) => {
        if (kind === 'lease') throw new SnapshotError('storage/failed', 'the network is down');
      };
      await a.engine.renewLeases();
      storage.beforeWrite = () => undefined;
      clock.advance(leaseDurationMs / 4);
      await a.engine.renewLeases();
      expect(await leasesIn(storage)).toHaveLength(1);
    });
    expect(await leasesIn(storage)).toEqual([]);
  });
});
