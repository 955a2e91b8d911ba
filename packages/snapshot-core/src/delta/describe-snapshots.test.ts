import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSeededBytes } from '../../test/lent-machine.ts';
import { createMemoryOutput, createMemoryVolume } from '../../test/support/memory-volume.ts';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { seededBytes } from '../../test/support/tree-operations.ts';
import { openRepository, createRepository } from '../repository/open-repository.ts';
import type { Repository } from '../repository/repository.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { applyDelta } from './apply-delta.ts';
import { createDelta } from './create-delta.ts';

const before = seededBytes(1, 90_000_000);
const after = Buffer.concat([before.subarray(0, 20_000_000), seededBytes(2, 30_000), before.subarray(20_000_000, 60_000_000), Buffer.alloc(50_000, 'new'), before.subarray(60_200_000), seededBytes(3, 1_000)]);

async function take(repository: Repository, bytes: Uint8Array): Promise<string> {
  const stream = async function* () {
    yield bytes;
  };
  return (await takeSnapshot(repository, { kind: 'stream', description: 'bytes', stream: stream() })).record.id;
}

/** The same repository, counting the bytes of the data that is loaded. */
function counting(repository: Repository): { repository: Repository; loaded: () => number } {
  let loadedBytes = 0;
  const load: Repository['load'] = async (id, options) => {
    const bytes = await repository.load(id, options);
    loadedBytes += bytes.length;
    return bytes;
  };
  return { repository: { ...repository, load }, loaded: () => loadedBytes };
}

test.each(['sha-256', 'blake3'] as const)('of two snapshots of one repository only what changed is read (%s)', async (hash) => {
  const storage = createMemoryStorage();
  const writing = await createRepository({ storage, hash });
  const [first, second] = [await take(writing, before), await take(writing, after)];
  const { repository, loaded } = counting(await openRepository({ storage }));
  const output = createMemoryOutput();
  const report = await createDelta({ kind: 'snapshot', repository, snapshotId: first }, { kind: 'snapshot', repository, snapshotId: second }, output);
  expect(report).toMatchObject({ baseBytes: before.length, resultBytes: after.length });
  expect(report.newBytes).toBeGreaterThan(80_000);
  expect(report.newBytes).toBeLessThan(85_000);
  expect(report.storedBytes).toBeLessThan(50_000);
  expect(loaded()).toBeLessThan(6_000_000);

  const folder = scratchDirectory();
  const [path, made] = [join(folder, 'delta'), join(folder, 'made')];
  writeFileSync(path, output.bytes());
  await applyDelta(path, { kind: 'volume', volume: createMemoryVolume(before) }, made);
  expect(readFileSync(made).equals(after)).toBe(true);

  const wrong = Buffer.from(before);
  wrong[80_000_000] = (wrong[80_000_000] as number) ^ 1;
  await expect(applyDelta(path, { kind: 'volume', volume: createMemoryVolume(wrong) }, join(folder, 'other'))).rejects.toMatchObject({ code: 'delta/wrong-base' });
});

test('chunks that stand in the base many times do not hide where the changed ones between them stood', async () => {
  const [was, is] = [Buffer.alloc(100_000_000), Buffer.alloc(100_000_000)];
  for (const [place, offset] of [10_000_000, 20_000_000, 30_000_000].entries()) {
    for (const bytes of [was, is]) bytes.set(seededBytes(place, 60_000), offset);
    is.set(seededBytes(place + 10, 25_000), offset + 20_000);
  }
  // Secrets decide where changes move cuts, and zeros behind them.
  for (const seed of ['one', 'two', 'four']) {
    const repository = await createRepository({ storage: createMemoryStorage(), hash: 'blake3', profile: 'volume', randomBytes: createSeededBytes(seed) });
    const output = createMemoryOutput();
    const report = await createDelta({ kind: 'snapshot', repository, snapshotId: await take(repository, was) }, { kind: 'snapshot', repository, snapshotId: await take(repository, is) }, output);
    expect(report.newBytes).toBeLessThan(75_100);
  }
});

test('keyed identities say nothing to others, so snapshots of an encrypted repository are read', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), hash: 'blake3', encryption: { key: new Uint8Array(32).fill(7) }, profile: 'small' });
  const [first, second] = [await take(repository, before.subarray(0, 500_000)), await take(repository, after.subarray(1_000, 400_000))];
  const output = createMemoryOutput();
  await createDelta({ kind: 'snapshot', repository, snapshotId: first }, { kind: 'snapshot', repository, snapshotId: second }, output);
  const folder = scratchDirectory();
  writeFileSync(join(folder, 'delta'), output.bytes());
  await applyDelta(join(folder, 'delta'), { kind: 'volume', volume: createMemoryVolume(before.subarray(0, 500_000)) }, join(folder, 'made'));
  expect(readFileSync(join(folder, 'made')).equals(after.subarray(1_000, 400_000))).toBe(true);
});

test('a hash that is not the repository\'s has to be computed, and so is read for', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), hash: 'sha-256', profile: 'small' });
  const [first, second] = [await take(repository, before.subarray(0, 500_000)), await take(repository, after.subarray(0, 400_000))];
  const ends = [{ kind: 'snapshot', repository, snapshotId: first }, { kind: 'snapshot', repository, snapshotId: second }] as const;
  const known = createMemoryOutput();
  const read = createMemoryOutput();
  await createDelta(...ends, known);
  await createDelta(...ends, read, { hash: 'blake3' });
  const folder = scratchDirectory();
  for (const [index, output] of [known, read].entries()) {
    writeFileSync(join(folder, `delta-${index}`), output.bytes());
    await applyDelta(join(folder, `delta-${index}`), ends[0], join(folder, `made-${index}`));
    expect(readFileSync(join(folder, `made-${index}`)).equals(after.subarray(0, 400_000))).toBe(true);
  }
});
