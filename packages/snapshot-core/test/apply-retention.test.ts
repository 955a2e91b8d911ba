import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyRetention, createMemoryStorage, createRepository, resumeRollback, rollback, takeSnapshot } from '../src/index.ts';
import { scratchDirectory } from './support/scratch.ts';

const hourMs = 3_600_000;

test('forgets what the policy does not keep, and nothing on a dry run', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  async function* bytes(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const ids: string[] = [];
  for (const hours of [0, 5, 10])
    ids.push((await takeSnapshot(repository, { kind: 'stream', description: 'test', stream: bytes(String(hours)) }, { clock: { nowMs: () => hours * hourMs } })).record.id);
  const [oldest = '', middle = '', newest = ''] = ids;
  const policy = { cadenceHours: 4, retentionHours: 6 } as const;
  const idsNow = async () => (await repository.listSnapshots()).snapshots.map(({ id }) => id);
  const at = (hours: number) => ({ clock: { nowMs: () => hours * hourMs } });

  expect(await applyRetention(repository, policy, { ...at(10), dryRun: true })).toMatchObject([{ id: newest, keep: true }, { id: middle, keep: true }, { id: oldest, keep: false }]);
  expect(await idsNow()).toEqual(ids);
  await applyRetention(repository, policy, at(10));
  expect(await idsNow()).toEqual([middle, newest]);
  await applyRetention(repository, policy, { ...at(99), damagedSnapshots: [newest] });
  expect(await idsNow()).toEqual([middle]);
  await applyRetention(repository, { ...policy, mayRemoveNewestGood: true }, { ...at(99), keepSnapshots: [middle] });
  expect(await idsNow()).toEqual([middle]);
});

test('what an unfinished rollback needs is kept without being asked for', async () => {
  const volume = scratchDirectory();
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const take = async (text: string, hours: number) => {
    writeFileSync(join(volume, 'file'), text);
    return (await takeSnapshot(repository, { kind: 'directory', path: volume }, { clock: { nowMs: () => hours * hourMs } })).record.id;
  };
  const goal = await take('goal', 0);
  const expired = await take('expired', 1);
  const newest = await take('newest', 98);
  const controller = new AbortController();
  const cut = rollback(repository, goal, volume, { operationId: 'op', safetySnapshot: true, clock: { nowMs: () => 2 * hourMs }, signal: controller.signal, onProgress: ({ phase }) => phase === 'write' && controller.abort() });
  await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
  const verdicts = await applyRetention(repository, { cadenceHours: 4, retentionHours: 6 }, { clock: { nowMs: () => 99 * hourMs } });
  expect(verdicts.filter(({ keep }) => !keep).map(({ id }) => id)).toEqual([expired]);
  expect((await repository.listSnapshots()).snapshots.map(({ id, labels }) => labels[0] ?? id)).toEqual([goal, 'safety', newest]);
  expect(await resumeRollback(repository, volume)).toMatchObject({ complete: true });
});
