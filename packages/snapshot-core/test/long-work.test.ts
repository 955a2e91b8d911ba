import { expect, test } from 'vitest';
import { leaseDurationMs } from '../src/repository/lease-keeper.ts';
import { createRepository, openRepository } from '../src/repository/open-repository.ts';
import { repairRepository } from '../src/repository/repair/repair-repository.ts';
import { withEngine } from '../src/snapshot/engine/with-engine.ts';
import { createMemoryStorage } from '../src/storage/memory-storage.ts';
import type { Storage } from '../src/storage/storage.ts';
import { createHolder, createSteppingClock } from './lent-machine.ts';
import { sampleChunks, takeSampleSnapshot } from './sample-snapshot.ts';

/** A repository of several snapshots on a storage where reading from a pack takes minutes, and somebody who wants it for himself. */
async function makeWorld() {
  const clock = createSteppingClock();
  const storage = createMemoryStorage({ nowMs: () => clock.nowMs() });
  const repository = await createRepository({ storage, clock, holder: createHolder('here', 1) });
  for (let seed = 1; seed < 6; seed++) await takeSampleSnapshot(repository, sampleChunks(seed, 2));
  const other = await openRepository({ storage, clock, holder: createHolder('elsewhere', 2) });
  const attempts: string[] = [];
  const tryToGetIt = () => other.withLease('exclusive', async () => 'got it').then((got) => attempts.push(got), (error: unknown) => attempts.push((error as { code: string }).code));
  const slow: Storage = {
    ...storage,
    async get(kind, name, call) {
      if (kind === 'pack') await pass();
      return storage.get(kind, name, call);
    },
    async getRange(kind, name, offset, lengthBytes, call) {
      await pass();
      return storage.getRange(kind, name, offset, lengthBytes, call);
    },
  };
  async function pass(): Promise<void> {
    clock.advance(leaseDurationMs / 5);
    await tryToGetIt();
  }
  return { clock, slow, attempts, pass, options: { storage: slow, clock, holder: createHolder('here', 1) } };
}

/** What became of the attempts, over more than one lease's time. */
const outcomesOf = (attempts: readonly string[]) => (attempts.length > 6 ? [...new Set(attempts)] : 'too few attempts');

test.each([true, false])('a check that takes longer than a lease keeps it (readData: %s)', async (readData) => {
  const { options, attempts } = await makeWorld();
  const repository = await openRepository(options);
  attempts.length = 0;
  expect(await repository.check({ readData })).toMatchObject({ intact: true, findings: [] });
  expect(outcomesOf(attempts)).toEqual(['repository/locked']);
});

test('a repair that takes longer than a lease keeps it', async () => {
  const { options, attempts } = await makeWorld();
  expect(await repairRepository(options)).toMatchObject({ complete: true });
  expect(outcomesOf(attempts)).toEqual(['repository/locked']);
});

test('tasks of an engine keep the lease under which they run', async () => {
  const { options, attempts, pass } = await makeWorld();
  const repository = await openRepository(options);
  attempts.length = 0;
  const task = { name: 'slow', run: pass };
  await repository.withLease('shared', () => withEngine(repository, { workers: 0 }, async ({ pool }) => {
    for (let round = 0; round < 7; round++) await pool.run(task, null);
  }));
  expect(outcomesOf(attempts)).toEqual(['repository/locked']);
});
