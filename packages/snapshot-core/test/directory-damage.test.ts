import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openRepository } from '../src/index.ts';
import { createSteppingClock } from './lent-machine.ts';
import { flipBit } from './fault-storage.ts';
import { loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from './sample-snapshot.ts';
import { scratchDirectory } from './support/scratch.ts';

const graceMs = 1_000;

/** A repository in a folder, where directories are read from the packs themselves when they are needed. */
async function setUp() {
  const path = scratchDirectory();
  const clock = createSteppingClock(Date.now());
  const repository = await createRepository({ path, clock });
  const chunks = sampleChunks(1, 6);
  const snapshot = await takeSampleSnapshot(repository, chunks);
  const packs = readdirSync(join(path, 'packs')).map((name) => join(path, 'packs', name));
  return { path, clock, repository, chunks, snapshot, packs, open: () => openRepository({ path, clock }) };
}

const damageDirectories = (packs: readonly string[]) => {
  for (const pack of packs) {
    const bytes = readFileSync(pack);
    writeFileSync(pack, flipBit(bytes, 8 * (bytes.length - 70)));
  }
};

describe('packs whose own directories are damaged', () => {
  test('are read with what the index file says, by who opens the repository and by who has it open', async () => {
    const { repository, chunks, snapshot, packs, open } = await setUp();
    damageDirectories(packs);
    expect(await loadSampleSnapshot(await open(), snapshot)).toEqual(chunks);
    expect(await loadSampleSnapshot(repository, snapshot)).toEqual(chunks);
  });

  test('are reported by check, harm no snapshot, and what is in them is stored anew', async () => {
    const { repository, chunks, snapshot, packs, open } = await setUp();
    damageDirectories(packs);
    for (const readData of [false, true]) expect(await repository.check({ readData })).toMatchObject({ intact: false, damagedSnapshots: [], damagedPacks: packs.map((pack) => pack.slice(-64)).toSorted() });
    const again = await takeSampleSnapshot(await open(), chunks);
    expect(readdirSync(join(packs[0] ?? '', '..')).length).toBe(4);
    expect(await loadSampleSnapshot(await open(), again)).toEqual(chunks);
    expect(await loadSampleSnapshot(await open(), snapshot)).toEqual(chunks);
  });

  test('lose nothing in a prune', async () => {
    const { clock, chunks, snapshot, packs, open } = await setUp();
    const repository = await open();
    const gone = await takeSampleSnapshot(repository, sampleChunks(2, 6));
    await repository.withLease('shared', () => repository.forgetSnapshot(gone.id));
    damageDirectories(packs);
    for (let round = 0; round < 3; round++) {
      await (await open()).prune({ graceMs });
      clock.advance(graceMs);
    }
    expect(readdirSync(join(packs[0] ?? '', '..')).length).toBe(2);
    expect(await loadSampleSnapshot(await open(), snapshot)).toEqual(chunks);
  });
});

test('a prune of a folder condemns, rewrites and deletes, and a repository that was open meanwhile follows', async () => {
  const { clock, repository, chunks, snapshot, open } = await setUp();
  const pruner = await open();
  const gone = await takeSampleSnapshot(pruner, [...chunks.slice(0, 1), ...sampleChunks(3, 20)]);
  await pruner.withLease('shared', () => pruner.forgetSnapshot(gone.id));
  const mixed = await takeSampleSnapshot(repository, sampleChunks(3, 2));
  for (let round = 0; round < 3; round++) {
    await pruner.prune({ graceMs });
    clock.advance(graceMs);
  }
  for (const reader of [repository, pruner, await open()]) {
    expect(await loadSampleSnapshot(reader, snapshot)).toEqual(chunks);
    expect(await loadSampleSnapshot(reader, mixed)).toEqual(sampleChunks(3, 2));
  }
  expect(await pruner.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
});
