import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRepository, openRepository } from '../../src/repository/open-repository.ts';
import { makeScratchFolder } from '../scratch-folder.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from '../sample-snapshot.ts';

const program = fileURLToPath(new URL('crashing-writer.ts', import.meta.url));
const never = 1_000;
const timeout = usualOrLong(60_000, 1_200_000);

interface Run {
  /** Seeds of the snapshots that were committed and not about to be forgotten, by id. */
  readonly committed: ReadonlyMap<string, number>;
  readonly signal: NodeJS.Signals | null;
  readonly isFinished: boolean;
}

/** Runs the writer. With `killAfterLine` the parent kills it when that write is announced, at whatever point of it. */
async function runWriter(path: string, seed: number, killAt: number, killAfterLine?: string): Promise<Run> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, path, String(seed), String(killAt)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_, signal) => resolve(signal)));
  const committed = new Map<string, number>();
  let isFinished = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === killAfterLine) child.kill('SIGKILL');
    const [word, id = '', of] = line.split(' ');
    if (word === 'committed') committed.set(id, Number(of));
    if (word === 'forgetting') committed.delete(id);
    isFinished ||= word === 'finished';
  }
  return { committed, signal: await ended, isFinished };
}

const chunksOf = (seed: number) => [...sampleChunks(seed, 20, 5_000), ...sampleChunks(seed + 1, 20, 5_000)];

/** Everything committed is whole, and the repository goes on as if nothing had happened. */
async function expectSound(path: string, committed: ReadonlyMap<string, number>): Promise<void> {
  const repository = await openRepository({ path });
  const loadAll = async () => {
    for (const [id, seed] of committed) expect(Buffer.concat(await loadSampleSnapshot(repository, await repository.getSnapshot(id))).equals(Buffer.concat(chunksOf(seed)))).toBe(true);
  };
  await loadAll();
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true, damagedSnapshots: [] });
  await takeSampleSnapshot(repository, chunksOf(100));
  for (let round = 0; round < 3; round++) await repository.prune({ graceMs: 0 });
  await loadAll();
  expect((await repository.check({ readData: true })).findings).toEqual([]);
}

test('a writer killed before any of its writes loses no committed snapshot', { timeout }, async () => {
  const kills = usualOrLong(0, 1) === 0 ? [2, 4, 14, 25] : Array.from({ length: 27 }, (_, at) => at);
  const runOne = async (killAt: number) => {
    const path = await makeScratchFolder();
    await createRepository({ path });
    const run = await runWriter(path, killAt, killAt);
    expect(run).toMatchObject({ signal: 'SIGKILL', isFinished: false });
    await expectSound(path, run.committed);
  };
  for (let at = 0; at < kills.length; at += 4) await Promise.all(kills.slice(at, at + 4).map(runOne));
});

test('a writer killed in the middle of whatever it is doing loses no committed snapshot either, time after time', { timeout }, async () => {
  const path = await makeScratchFolder();
  await createRepository({ path });
  const committed = new Map<string, number>();
  for (const [round, write] of (usualOrLong(0, 1) === 0 ? [11, 17] : [2, 5, 8, 11, 14, 17, 20]).entries()) {
    const run = await runWriter(path, round, never, `write ${write}`);
    for (const [id, seed] of run.committed) committed.set(id, seed);
    await expectSound(path, committed);
  }
  const last = await runWriter(path, 50, never);
  expect(last).toMatchObject({ signal: null, isFinished: true });
  await expectSound(path, new Map([...committed, ...last.committed]));
});
