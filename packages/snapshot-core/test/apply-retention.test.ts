import { expect, test } from 'vitest';
import { applyRetention, createMemoryStorage, createRepository, takeSnapshot } from '../src/index.ts';

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
