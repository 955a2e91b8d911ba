import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, takeSnapshot } from '../../src/index.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { runChild } from './run-child.ts';
import { hashOfFile, hashOfImage, writeImage } from './sparse-image.ts';

interface Outcome {
  readonly work: string;
  readonly stopAt: number;
  readonly code: string;
  readonly snapshotsBefore: number;
  readonly snapshotsAfter: number;
  readonly isIntact: boolean;
}

test('a thread that ends in the middle fails the call with worker/lost, commits nothing, and the next call works', { timeout: usualOrLong(120_000, 900_000) }, async () => {
  const scratch = scratchDirectory();
  const path = join(scratch, 'repository');
  const [image, changed, target] = [join(scratch, 'image'), join(scratch, 'changed'), join(scratch, 'target')];
  writeImage(image, [1, 2, 3, 4, 5, 6]);
  writeImage(changed, [1, 2, 33, 4, 55, 6]);
  writeImage(target, [1, 2, 33, 4, 55, 6]);
  const source = await openFileVolume(image, { readOnly: true });
  const { record } = await takeSnapshot(await createRepository({ path, hash: 'blake3' }), { kind: 'volume', volume: source });
  await source.close();
  const ended = await runChild(new URL('dying-thread-child.ts', import.meta.url), path, changed, target, String(usualOrLong(3, 40)));
  expect(ended).toMatchObject({ status: 0, errors: '' });
  const outcomes = JSON.parse(ended.output) as readonly Outcome[];
  for (const work of ['take', 'restore', 'rollback']) expect(outcomes.filter((outcome) => outcome.work === work && outcome.code === 'worker/lost').length, work).toBeGreaterThan(0);
  for (const outcome of outcomes) {
    // The thread may have done its part when it ends.
    expect(['worker/lost', 'done'], JSON.stringify(outcome)).toContain(outcome.code);
    expect(outcome.isIntact, JSON.stringify(outcome)).toBe(true);
    const committed = outcome.work === 'take' && outcome.code === 'done' ? 1 : 0;
    expect(outcome.snapshotsAfter, JSON.stringify(outcome)).toBe(outcome.snapshotsBefore + committed);
  }
  expect(await hashOfFile(target)).toBe(await hashOfFile(image));
  // What the threads had not finished is gone too.
  expect(readdirSync(join(path, 'tmp'))).toEqual([]);
  const repository = await openRepository({ path });
  const [imageHash, changedHash] = [await hashOfFile(image), await hashOfFile(changed)];
  for (const { id } of (await repository.listSnapshots()).snapshots) expect(await hashOfImage(repository, id)).toBe(id === record.id ? imageHash : changedHash);
});
