import { expect, test } from 'vitest';
import { createHolder, createSteppingClock } from '../../test/lent-machine.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { Storage } from '../storage/storage.ts';
import { createRepository, openRepository } from './open-repository.ts';

/** A memory that cannot create exclusively, and whose lists show a file only so long after it was put. */
function createLaggingStorage(nowMs: () => number, lagMs: number): Storage {
  const inner = createMemoryStorage({ nowMs });
  return {
    ...inner,
    supportsExclusiveCreate: async () => false,
    async *list(kind, options) {
      for await (const file of inner.list(kind, options)) if (file.modifiedAtMs + lagMs <= nowMs()) yield file;
    },
  };
}

test('on a storage that cannot create exclusively prune wants the word of its caller, and a plan does not', async () => {
  const storage = createLaggingStorage(Date.now, 0);
  const clock = createSteppingClock(Date.now());
  const repository = await createRepository({ storage, clock });
  await expect(repository.prune()).rejects.toMatchObject({ code: 'storage/not-exclusive', message: expect.stringContaining('exclusive: true') });
  expect(await repository.prune({ dryRun: true })).toMatchObject({ epoch: 0 });
  expect(await repository.prune({ exclusive: true })).toMatchObject({ epoch: 0 });
});

test('so does the rotation of a data key', async () => {
  const storage = createLaggingStorage(Date.now, 0);
  const repository = await createRepository({ storage, clock: createSteppingClock(Date.now()), encryption: { key: new Uint8Array(32) } });
  await expect(repository.rotateDataKey()).rejects.toMatchObject({ code: 'storage/not-exclusive', message: expect.stringContaining('rotation') });
  await repository.rotateDataKey({ exclusive: true });
  expect((await storage.list('key')[Symbol.asyncIterator]().next()).value).toMatchObject({ name: expect.stringMatching(/-0002$/) });
});

test.each(['shared', 'exclusive'] as const)('an exclusive lease waits until lists show everybody: it and a %s one are never held together', async (other) => {
  const clock = createSteppingClock();
  const storage = createLaggingStorage(() => clock.nowMs(), 1_500);
  await createRepository({ storage, clock });
  const a = await openRepository({ storage, clock, holder: createHolder('host-a', 1) });
  const b = await openRepository({ storage, clock, holder: createHolder('host-b', 2) });
  const inside = new Set<string>();
  const seen: string[][] = [];
  const work = (name: string) => async () => {
    inside.add(name);
    seen.push([...inside]);
    await clock.sleep(10_000);
    seen.push([...inside]);
    inside.delete(name);
  };
  const results = await Promise.allSettled([a.withLease('exclusive', work('exclusive')), b.withLease(other, work('other'))]);
  expect(results.map(({ status }) => status)).toContain('rejected');
  for (const names of seen) expect(names).toHaveLength(1);
});

test('a creation that another one overtook says so', async () => {
  const clock = createSteppingClock();
  const storage = createLaggingStorage(() => clock.nowMs(), 0);
  const late = createMemoryStorage();
  await createRepository({ storage: late, clock });
  const winner = await late.get('config', 'primary');
  const overtaken: Storage = { ...storage, get: async (kind, name, options) => (kind === 'config' ? winner : storage.get(kind, name, options)) };
  await expect(createRepository({ storage: overtaken, clock })).rejects.toMatchObject({ code: 'repository/exists' });
});
