import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flipByte, seededBytes } from './support/tree-operations.ts';
import { scratchDirectory } from './support/scratch.ts';
import { createMemoryStorage, createRepository, openFileVolume, pendingRollbacks, restoreImage, resumeRollback, rollback, takeSnapshot } from '../src/index.ts';
import type { Repository, VolumePort } from '../src/index.ts';

const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });

/** A volume in memory that notes what is written. */
function memoryVolume(bytes: Uint8Array): VolumePort & { writes: [offset: number, bytes: number][]; flushes: number } {
  const writes: [number, number][] = [];
  return {
    description: 'memory volume', bytes: bytes.length, writes, flushes: 0,
    async read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    async write(offset, from) {
      writes.push([offset, from.length]);
      bytes.set(from, offset);
    },
    async flush() {
      this.flushes += 1;
    },
    holdsPath: async () => false,
  };
}

async function takeImage(bytes: Uint8Array): Promise<{ repository: Repository; id: string }> {
  const repository = await newRepository();
  return { repository, id: (await takeSnapshot(repository, { kind: 'volume', volume: memoryVolume(bytes.slice()) })).record.id };
}

test('only blocks of 4 KiB that differ are written, and the volume is flushed', async () => {
  const original = seededBytes(1, 1_000_000);
  const { repository, id } = await takeImage(original);
  const now = new Uint8Array(original);
  for (const at of [0, 5_000, 5_001, 999_999]) now[at] = (now[at] ?? 0) ^ 1;
  const volume = memoryVolume(now);
  const report = await rollback(repository, id, volume, { operationId: 'op', verifyAll: true });
  // Where a chunk ends inside a block, only the chunk's part of the block may have been written.
  for (const [offset, bytes] of volume.writes) expect((offset + bytes <= 8_192) || (offset >= 999_424 && offset + bytes <= 1_000_000)).toBe(true);
  expect(volume.flushes).toBe(1);
  expect(report).toMatchObject({ complete: true, bytesWritten: volume.writes.reduce((sum, [, bytes]) => sum + bytes, 0) });
  expect(Buffer.from(now).equals(original)).toBe(true);
  expect(await rollback(repository, id, volume, { operationId: 'again' })).toMatchObject({ bytesWritten: 0 });
});

test('whatever was overwritten comes back, and never more than the touched blocks are written', async () => {
  const original = seededBytes(2, 200_000);
  const { repository, id } = await takeImage(original);
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(199_999), fc.uint8Array({ minLength: 1, maxLength: 3_000 })), { maxLength: 8 }), async (overwrites) => {
    const now = new Uint8Array(original);
    const blocks = new Set<number>();
    for (const [offset, bytes] of overwrites) {
      const part = bytes.subarray(0, now.length - offset);
      now.set(part, offset);
      for (let at = offset; at < offset + part.length; at++) blocks.add(at >> 12);
    }
    const { bytesWritten } = await rollback(repository, id, memoryVolume(now), { operationId: 'op' });
    expect(Buffer.from(now).equals(original)).toBe(true);
    expect(bytesWritten).toBeLessThanOrEqual(blocks.size * 4_096);
  }), { numRuns: 30 });
});

test('a volume that loses writes is found out, and the rollback stays pending until it is done', async () => {
  const original = seededBytes(3, 300_000);
  const { repository, id } = await takeImage(original);
  const now = new Uint8Array(original);
  now[150_000] = (now[150_000] ?? 0) ^ 1;
  const volume = memoryVolume(now);
  await expect(rollback(repository, id, { ...volume, write: async () => {} }, { operationId: 'op' })).rejects.toMatchObject({ code: 'rollback/verification-failed' });
  expect(await pendingRollbacks(repository)).toMatchObject([{ operationId: 'op', kind: 'image', target: 'memory volume' }]);
  expect(await resumeRollback(repository, volume)).toMatchObject({ complete: true });
  expect(Buffer.from(now).equals(original)).toBe(true);
  expect(await pendingRollbacks(repository)).toEqual([]);
});

test('verifyAll finds bytes that changed behind our back; without it only what was written is read again', async () => {
  const original = seededBytes(3, 300_000);
  const { repository, id } = await takeImage(original);
  const now = new Uint8Array(original);
  now[0] = (now[0] ?? 0) ^ 1;
  const meddled = { ...memoryVolume(now), async flush() { now[290_000] = (now[290_000] ?? 0) ^ 1; } };
  await expect(rollback(repository, id, meddled, { operationId: 'op', verifyAll: true })).rejects.toMatchObject({ code: 'rollback/verification-failed' });
});

test('a volume of another size, or one that holds the repository, is refused before anything is written', async () => {
  const { repository, id } = await takeImage(seededBytes(4, 100_000));
  const small = memoryVolume(new Uint8Array(99_999));
  await expect(rollback(repository, id, small, { operationId: 'op' })).rejects.toMatchObject({ code: 'target/unusable' });
  const own = memoryVolume(new Uint8Array(100_000));
  const local: Repository = { ...repository, localPath: '/somewhere' };
  await expect(rollback(local, id, { ...own, holdsPath: async (path) => path === '/somewhere' }, { operationId: 'op' })).rejects.toMatchObject({ code: 'rollback/repository-on-target' });
  expect([small.writes, own.writes, await pendingRollbacks(repository)]).toEqual([[], [], []]);
});

test('a real image file is repaired in place; a missing one is named', async () => {
  const path = join(scratchDirectory(), 'image');
  const original = seededBytes(5, 500_000);
  writeFileSync(path, original);
  const { repository, id } = await takeImage(original);
  flipByte(path, 77_777);
  const volume = await openFileVolume(path);
  expect(await rollback(repository, id, volume, { operationId: 'op' })).toMatchObject({ actions: { rewrite: 1 }, complete: true });
  expect(await volume.holdsPath(path)).toBe(true);
  expect(await volume.holdsPath(join(path, '..'))).toBe(false);
  await volume.close();
  expect(readFileSync(path).equals(original)).toBe(true);
  await expect(openFileVolume(`${path}-missing`)).rejects.toMatchObject({ code: 'source/unreadable' });
});

test('a volume with hooks is locked and dismounted before the first write, and unlocked whatever happens', async () => {
  const original = seededBytes(6, 100_000);
  const { repository, id } = await takeImage(original);
  const calls: string[] = [];
  const hooked = (inner: VolumePort, failing?: string): VolumePort => {
    const call = (name: string) => async () => {
      calls.push(name);
      if (name === failing) throw new TypeError('in use');
    };
    return { ...inner, lock: call('lock'), dismount: call('dismount'), unlock: call('unlock'), write: (offset, from) => (calls.push('write'), inner.write(offset, from)) };
  };
  await rollback(repository, id, hooked(memoryVolume(new Uint8Array(100_000))), { operationId: 'op' });
  expect([calls.slice(0, 3), calls.at(-1)]).toEqual([['lock', 'dismount', 'write'], 'unlock']);
  calls.length = 0;
  await restoreImage(repository, id, hooked(memoryVolume(new Uint8Array(100_000))));
  expect([calls.slice(0, 3), calls.at(-1)]).toEqual([['lock', 'dismount', 'write'], 'unlock']);
  for (const [failing, seen] of [['lock', ['lock']], ['dismount', ['lock', 'dismount', 'unlock']], ['write', ['lock', 'dismount', 'write', 'unlock']]] as const) {
    calls.length = 0;
    const volume = memoryVolume(new Uint8Array(100_000));
    const broken = hooked(failing === 'write' ? { ...volume, write: () => Promise.reject(new TypeError('gone')) } : volume, failing);
    await expect(rollback(repository, id, broken, { operationId: failing })).rejects.toMatchObject(failing === 'write' ? { message: 'gone' } : { code: 'target/unusable' });
    expect(calls).toEqual(seen);
    expect((await pendingRollbacks(repository)).length).toBe(failing === 'write' ? 1 : 0);
  }
});
