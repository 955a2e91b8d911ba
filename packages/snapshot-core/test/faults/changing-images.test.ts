import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, openFileVolume, openRepository, readImage, takeSnapshot, type SnapshotProgress } from '../../src/index.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';
import { hashOfFile, hashOfImage, writeImage } from './sparse-image.ts';

const regionBytes = 67_108_864;

/** An image of several regions, its first snapshot, and a way to take the next one while something happens to it. */
async function setUp() {
  const scratch = scratchDirectory();
  const path = join(scratch, 'repository');
  const image = join(scratch, 'image');
  writeImage(image, [1, 2, 3, 4, 5, 6]);
  // Two more regions, of holes and a little noise.
  truncateSync(image, 4 * regionBytes);
  write(image, 3 * regionBytes + 1_000_000, seededBytes(7, 100_000));
  const take = async (workers: number, parent: string | undefined, onProgress: (progress: SnapshotProgress) => void) => {
    const volume = await openFileVolume(image, { readOnly: true });
    try {
      return await takeSnapshot(await openRepository({ path }), { kind: 'volume', volume }, { workers, onProgress, ...(parent !== undefined && { parent }) });
    } finally {
      await volume.close();
    }
  };
  await createRepository({ path, hash: 'blake3' });
  const { record } = await take(2, undefined, () => {});
  return { path, image, take, first: record, firstHash: await hashOfFile(image) };
}

function write(path: string, offset: number, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}

/** Calls once, when the first region is done. */
function afterFirst(change: () => void): (progress: SnapshotProgress) => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    change();
  };
}

describe('an image that changes while it is read', () => {
  test.each([[0, false], [2, true]])('and ends early makes no snapshot; the next one is whole (%d threads, with a parent: %s)', { timeout: 60_000 }, async (workers, hasParent) => {
    const { path, image, take, first, firstHash } = await setUp();
    const parent = hasParent ? first.id : undefined;
    // Threads have begun with the next regions by then, but not with the last one.
    await expect(take(workers, parent, afterFirst(() => truncateSync(image, 3 * regionBytes + 1_050_000)))).rejects.toMatchObject({ code: 'source/unreadable' });
    const repository = await openRepository({ path });
    expect((await repository.listSnapshots()).snapshots.map(({ id }) => id)).toEqual([first.id]);
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
    const { record } = await take(workers, parent, () => {});
    expect(await hashOfImage(await openRepository({ path }), record.id)).toBe(await hashOfFile(image));
    expect(await hashOfImage(repository, first.id)).toBe(firstHash);
  });

  test('and grows and is rewritten gives as many bytes as it had, each as it was before or after, and a snapshot that is sound', { timeout: 60_000 }, async () => {
    const { path, image, take, first } = await setUp();
    const before = seededBytes(7, 100_000);
    const after = seededBytes(70, 100_000);
    const { record } = await take(2, first.id, afterFirst(() => {
      write(image, 3 * regionBytes + 1_000_000, after);
      write(image, 4 * regionBytes, after);
    }));
    expect(record.statistics.totalBytes).toBe(4 * regionBytes);
    const repository = await openRepository({ path });
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true });
    const piece = await readPiece(repository, record.id, 3 * regionBytes + 1_000_000, 100_000);
    for (let at = 0; at < piece.length; at++) if (piece[at] !== before[at] && piece[at] !== after[at]) throw new TypeError(`byte ${at} was never there`);
    const { record: next } = await take(2, record.id, () => {});
    expect(await hashOfImage(await openRepository({ path }), next.id)).toBe(await hashOfFile(image));
  });
});

async function readPiece(repository: Parameters<typeof readImage>[0], id: string, offset: number, lengthBytes: number): Promise<Buffer> {
  const piece = Buffer.alloc(lengthBytes);
  let at = 0;
  for await (const bytes of readImage(repository, id)) {
    const from = Math.max(0, offset - at);
    if (from < bytes.length && at < offset + lengthBytes) piece.set(bytes.subarray(from, Math.min(bytes.length, offset + lengthBytes - at)), Math.max(0, at - offset));
    at += bytes.length;
  }
  return piece;
}
