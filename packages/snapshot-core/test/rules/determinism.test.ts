import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, readImage, takeSnapshot, type Repository, type TakeSnapshotOptions, type TakenSnapshot } from '../../src/index.ts';
import { readReferences } from '../../src/snapshot/read-content.ts';
import { loadImageRoot } from '../../src/snapshot/restore-image.ts';
import { createSeededBytes } from '../lent-machine.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { seededBytes } from '../support/tree-operations.ts';

// Rule 3: the chunk list depends on the bytes and the repository's secret only, never on workers, reads, history or resume.
const region = 67_108_864;
const size = 2 * region + 3_000_000;

/** Three regions with data around their edges; the rest is a hole, so that the test is quick. */
function writeImage(path: string, parts: readonly (readonly [offset: number, seed: number, lengthBytes: number])[]): void {
  const file = openSync(path, 'w');
  writeSync(file, Buffer.alloc(1), 0, 1, size - 1);
  for (const [offset, seed, lengthBytes] of parts) writeSync(file, seededBytes(seed, lengthBytes), 0, lengthBytes, offset);
  closeSync(file);
}

async function take(repository: Repository, path: string, options: TakeSnapshotOptions): Promise<TakenSnapshot> {
  const volume = await openFileVolume(path, { readOnly: true });
  try {
    return await takeSnapshot(repository, { kind: 'volume', volume }, options);
  } finally {
    await volume.close();
  }
}

async function listOf(repository: Repository, { record }: TakenSnapshot): Promise<string[]> {
  const list: string[] = [];
  for await (const { id, lengthBytes, cut, fingerprint } of readReferences(repository, (await loadImageRoot(repository, record.id, {})).content, 'data', {}))
    list.push(`${id} ${lengthBytes} ${cut} ${fingerprint === undefined ? '' : Buffer.from(fingerprint).toString('hex')}`);
  return list;
}

describe('the list of chunks of an image', () => {
  let folder: string;
  let before: string;
  let after: string;
  let wanted: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshot-core-'));
    before = join(folder, 'before.img');
    after = join(folder, 'after.img');
    writeImage(before, [[0, 1, 9_000_000], [region - 2_000_000, 2, 5_000_000], [2 * region - 70_000, 3, 2_000_000]]);
    copyFileSync(before, after);
    const file = openSync(after, 'r+');
    writeSync(file, seededBytes(9, 40_000), 0, 40_000, 4_000_000);
    writeSync(file, seededBytes(10, 500), 0, 500, 2 * region - 200);
    closeSync(file);
    const repository = await open('reference');
    wanted = await listOf(repository, await take(repository, after, { workers: 0 }));
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** All with the same secret. */
  const open = (name: string) => createRepository({ path: join(folder, name), profile: 'volume', hash: 'blake3', compression: 'zstd', randomBytes: createSeededBytes('determinism') });

  test.each(usualOrLong(0, 1) === 0 ? [1, 3, 8] : [1, 2, 3, 4, 5, 6, 7, 8])('is the same with %i workers, with and without a parent, and the image comes back', { timeout: 120_000 }, async (workers) => {
    const repository = await open(`workers-${workers}`);
    const first = await take(repository, before, { workers });
    const second = await take(repository, after, { workers, parent: first.record.id });
    expect(await listOf(repository, second)).toEqual(wanted);
    const third = await take(repository, after, { workers, parent: second.record.id });
    expect(third.report.bytesAdded).toBeLessThan(10_000);
    expect(await listOf(repository, third)).toEqual(wanted);
    expect(await listOf(repository, await take(repository, after, { workers, parent: first.record.id, verifyAll: true }))).toEqual(wanted);
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
    const restored = createHash('sha256');
    for await (const bytes of readImage(repository, second.record.id)) restored.update(bytes);
    expect(restored.digest('hex')).toBe(createHash('sha256').update(readFileSync(after)).digest('hex'));
  });

  test('is the same after a run that was broken off half-way', { timeout: 120_000 }, async () => {
    const repository = await open('broken-off');
    const controller = new AbortController();
    const reason = new RangeError('enough');
    await expect(take(repository, after, { workers: 2, signal: controller.signal, onProgress: () => controller.abort(reason) })).rejects.toBe(reason);
    const again = await take(repository, after, { workers: 2 });
    expect(await listOf(repository, again)).toEqual(wanted);
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
  });
});
