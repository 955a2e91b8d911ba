import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { scratchDirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';
import { createMemoryStorage, createRepository, openFileVolume, takeSnapshot } from '../src/index.ts';
import type { ByteRange, Repository, TakenSnapshot, VolumePort } from '../src/index.ts';
import { readReferences } from '../src/snapshot/read-content.ts';
import { loadImageRoot } from '../src/snapshot/restore-image.ts';

const region = 67_108_864;
const size = 2 * region + 1_000_000;

/** Three regions, the last one short. Only a little of it is allocated, so that the test is quick. */
function volumeOf(bytes: Uint8Array, allocated?: readonly ByteRange[]): VolumePort {
  return {
    description: 'volume', bytes: bytes.length,
    async read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    write: async () => {}, flush: async () => {}, holdsPath: async () => false,
    ...(allocated !== undefined && { allocatedRanges: () => allocated }),
  };
}

async function chunksOf(repository: Repository, { record }: TakenSnapshot): Promise<string[]> {
  const chunks: string[] = [];
  for await (const { id, cut } of readReferences(repository, (await loadImageRoot(repository, record.id, {})).content, 'data', {})) chunks.push(`${id} ${cut}`);
  return chunks;
}

const bytes = new Uint8Array(size);
let repository: Repository;
let first: TakenSnapshot;
const take = (changedRanges?: AsyncIterable<ByteRange> | Iterable<ByteRange>, parent = first.record.id, from = repository) =>
  takeSnapshot(from, { kind: 'volume', volume: volumeOf(bytes), ...(changedRanges !== undefined && { changedRanges }) }, { parent });

beforeAll(async () => {
  for (const at of [0, region - 300_000, region + 5_000_000, size - 900_000]) bytes.set(seededBytes(at, 700_000), at);
  repository = await createRepository({ storage: createMemoryStorage(), profile: 'large' });
  first = await takeSnapshot(repository, { kind: 'volume', volume: volumeOf(bytes) });
}, 60_000);

test('regions without a change are taken over unread, and the chunk list is the one of reading everything', async () => {
  bytes.set(seededBytes(1, 10), region + 5_100_000);
  async function* changes(): AsyncGenerator<ByteRange> {
    yield { offset: region + 5_100_000, bytes: 10 };
  }
  const tracked = await take(changes());
  expect(tracked.report).toMatchObject({ bytesRead: region, bytesReused: size - region, issues: [] });
  async function* all(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const streamed = await takeSnapshot(repository, { kind: 'stream', description: 'all of it', stream: all() });
  expect(await chunksOf(repository, tracked)).toEqual(await chunksOf(repository, streamed));
  const whole = await take();
  expect(whole.report).toMatchObject({ bytesRead: size, bytesReused: 0 });
  expect(tracked.record).toMatchObject({ rootId: whole.record.rootId, incomplete: false, statistics: { chunkCount: whole.record.statistics.chunkCount, totalBytes: size } });
  first = whole;
}, 60_000);

test('a tracker that misses a change is found out in its region\'s turn, and then nothing of it is believed', async () => {
  let parent = first.record;
  bytes[size - 1] = (bytes[size - 1] ?? 0) ^ 1;
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  // The third region's turn comes when region 2 and the generation make 32.
  while (parent.generation < 29) {
    const { record, report } = await take([], parent.id);
    expect(report).toMatchObject({ bytesRead: 0, bytesReused: size, issues: [] });
    parent = record;
  }
  const found = await take([], parent.id);
  expect(found.report.issues).toMatchObject([{ reason: 'changes-ignored', message: expect.stringContaining('missed a change') }]);
  expect(found.record.incomplete).toBe(false);
  first = found;
  expect(await chunksOf(repository, found)).toEqual(await chunksOf(repository, await take()));
}, 60_000);

test('what the parent has lost is read; a list that does not fit the parent is ignored and named', async () => {
  const [lost = ''] = await chunksOf(repository, first);
  const lossy: Repository = { ...repository, has: (id, kind) => !lost.startsWith(id) && repository.has(id, kind) };
  // The first region for what is lost, the second because it is its turn.
  expect((await take([], first.record.id, lossy)).report).toMatchObject({ bytesRead: 2 * region, bytesReused: size - 2 * region });
  const { record: small } = await takeSnapshot(repository, { kind: 'volume', volume: volumeOf(bytes.subarray(0, 1_000)) });
  for (const [ranges, parent] of [[[], small.id], [[{ offset: size, bytes: 1 }], first.record.id]] as const)
    expect((await take(ranges, parent)).report).toMatchObject({ bytesReused: 0, issues: [{ reason: 'changes-ignored', message: expect.stringContaining('everything is read') }] });
  expect((await takeSnapshot(repository, { kind: 'volume', volume: volumeOf(bytes), changedRanges: [] }, { parent: first.record.id, verifyAll: true })).report).toMatchObject({ bytesReused: 0, issues: [] });
}, 60_000);

test('what is not allocated counts as zeros and is the same as zeros that were read', async () => {
  const dirty = bytes.slice().fill(0xee, 20_000_000, 50_000_000);
  const clean = bytes.slice().fill(0, 20_000_000, 50_000_000);
  const allocated = [{ offset: 50_000_000, bytes: size - 50_000_000 }, { offset: 0, bytes: 20_000_000 }];
  const [mapped, read] = [await takeSnapshot(repository, { kind: 'volume', volume: volumeOf(dirty, allocated) }), await takeSnapshot(repository, { kind: 'volume', volume: volumeOf(clean) })];
  expect(mapped.record.rootId).toBe(read.record.rootId);
}, 60_000);

test('a region whose turn it is is read whole where threads read it past the port, too', async () => {
  const path = join(scratchDirectory(), 'image');
  const file = openSync(path, 'w+');
  const offset = region;
  writeSync(file, seededBytes(3, 4_000_000), 0, 4_000_000, offset);
  const folder = await createRepository({ path: join(scratchDirectory(), 'repository'), profile: 'large' });
  const volume = await openFileVolume(path, { readOnly: true });
  const takeFile = (parent?: string) => takeSnapshot(folder, { kind: 'volume', volume, ...(parent !== undefined && { changedRanges: [] }) }, { workers: 0, ...(parent !== undefined && { parent }) });
  let parent = (await takeFile()).record;
  writeSync(file, Uint8Array.of(1), 0, 1, offset + 2_000_000);
  while (parent.generation < 30) parent = (await takeFile(parent.id)).record;
  const found = await takeFile(parent.id);
  expect(found.report.issues).toMatchObject([{ reason: 'changes-ignored', message: expect.stringContaining('missed a change') }]);
  const { record: whole } = await takeSnapshot(folder, { kind: 'volume', volume }, { workers: 0 });
  expect(found.record.rootId).toBe(whole.rootId);
  await volume.close();
  closeSync(file);
}, 60_000);

test('what was given free since the parent counts as zeros where it is read, and does not make the tracker wrong', async () => {
  const path = join(scratchDirectory(), 'image');
  const file = openSync(path, 'w+');
  const sizeBytes = region + 6_000_000;
  writeSync(file, seededBytes(7, 6_000_000), 0, 6_000_000, region);
  const folder = await createRepository({ path: join(scratchDirectory(), 'repository'), profile: 'large' });
  const volume = await openFileVolume(path, { readOnly: true });
  const free = { offset: region + 1_000_000, bytes: 900_000 };
  const allocatedRanges = () => [{ offset: 0, bytes: free.offset }, { offset: free.offset + free.bytes, bytes: sizeBytes - free.offset - free.bytes }];
  const takeTracked = (parent: string, changedRanges: readonly ByteRange[] = []) =>
    takeSnapshot(folder, { kind: 'volume', volume: { ...volume, allocatedRanges }, changedRanges }, { workers: 0, parent });
  const first = (await takeSnapshot(folder, { kind: 'volume', volume }, { workers: 0 })).record;
  const { record: freed } = await takeSnapshot(folder, { kind: 'volume', volume: { ...volume, allocatedRanges } }, { workers: 0 });
  let parent = first;
  while (parent.generation < 30) {
    const { record, report } = await takeTracked(parent.id);
    expect(report.issues).toEqual([]);
    parent = record;
  }
  const inTurn = await takeTracked(parent.id);
  expect([inTurn.report.issues, inTurn.record.rootId]).toEqual([[], freed.rootId]);
  // So it is in a region that is read for a change beside it.
  const beside = await takeTracked(first.id, [{ offset: region + 5_000_000, bytes: 1 }]);
  expect([beside.report.issues, beside.record.rootId]).toEqual([[], freed.rootId]);
  writeSync(file, Uint8Array.of(1), 0, 1, region + 4_000_000);
  const wrong = await takeTracked(parent.id);
  expect(wrong.report.issues).toMatchObject([{ reason: 'changes-ignored', message: expect.stringContaining('missed a change') }]);
  await volume.close();
  closeSync(file);
}, 60_000);
