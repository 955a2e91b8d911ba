import { appendFileSync, chmodSync, chownSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flipByte, seededBytes } from './support/tree-operations.ts';
import { meddleWithSaves } from './support/meddle-with-saves.ts';
import { makeSocket } from './support/make-socket.ts';
import { runAsNobody } from './support/run-as-nobody.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { createMemoryStorage, createRepository, listSnapshot, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import { loadTreeRoot } from '../src/snapshot/list-snapshot.ts';
import type { Repository, SnapshotSource, TreeEntry } from '../src/index.ts';
import { chunkStream } from '../src/chunking/chunk-stream.ts';
import { chunkProfiles } from '../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../src/chunking/sieve-parameters.ts';
import { readReferences } from '../src/snapshot/read-content.ts';
import { loadImageRoot } from '../src/snapshot/restore-image.ts';

/** An hour ahead, so that files written a moment ago count as settled. */
const laterClock = { nowMs: () => Date.now() + 3_600_000 };
const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });
const directorySource = (path: string): SnapshotSource => ({ kind: 'directory', path });

async function entriesOf(repository: Repository, id: string): Promise<Record<string, TreeEntry>> {
  const entries: Record<string, TreeEntry> = {};
  for await (const item of listSnapshot(repository, id)) if (item.step === 'entry') entries[Buffer.from(item.path).toString()] = item.entry;
  return entries;
}

test('the parent saves reading, and only what changed is read', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'same'), seededBytes(1, 50_000));
  writeFileSync(join(volume, 'changed'), seededBytes(2, 50_000));
  const repository = await newRepository();
  const first = await takeSnapshot(repository, directorySource(volume), { clock: laterClock, labels: ['one', 'two'], hostname: 'pc' });
  expect(first.record).toMatchObject({ hostname: 'pc', labels: ['one', 'two'], incomplete: false, source: { kind: 'tree', description: volume }, statistics: { entryCount: 3, totalBytes: 100_000 } });
  expect(first.report).toMatchObject({ files: { new: 2, changed: 0, unmodified: 0, torn: 0 }, bytesRead: 100_000, issues: [] });

  appendFileSync(join(volume, 'changed'), 'x');
  writeFileSync(join(volume, 'new'), 'new');
  const second = await takeSnapshot(repository, directorySource(volume), { parent: first.record.id, clock: laterClock });
  expect(second.record.parentId).toBe(first.record.id);
  expect(second.report).toMatchObject({ files: { new: 1, changed: 1, unmodified: 1, torn: 0 }, bytesRead: 50_004 });
  expect(second.record.statistics).toMatchObject({ totalBytes: 100_004 });
});

test('a change that keeps size and mtime shows in ctime; verifyAll reads everything', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), seededBytes(1, 50_000));
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, directorySource(volume), { clock: laterClock });
  expect((await takeSnapshot(repository, directorySource(volume), { parent: record.id, clock: laterClock, verifyAll: true })).report).toMatchObject({ files: { unmodified: 1 }, bytesRead: 50_000 });
  flipByte(join(volume, 'file'), 7);
  expect((await takeSnapshot(repository, directorySource(volume), { parent: record.id, clock: laterClock })).report).toMatchObject({ files: { changed: 1 } });
});

test('a file written just before it was read is read again next time: its time stamp proves nothing', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), 'fresh');
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, directorySource(volume));
  expect((await takeSnapshot(repository, directorySource(volume), { parent: record.id })).report).toMatchObject({ bytesRead: 5, files: { unmodified: 1 } });
});

test('a damaged parent costs reading, not the snapshot', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), seededBytes(1, 5_000));
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, directorySource(volume), { clock: laterClock });
  const blind: Repository = { ...repository, load: (id, options) => (id === record.rootId ? repository.load('0'.repeat(64), options) : repository.load(id, options)) };
  const { report, record: next } = await takeSnapshot(blind, directorySource(volume), { parent: record.id, clock: laterClock });
  expect(report).toMatchObject({ files: { new: 1 }, bytesRead: 5_000, issues: [{ reason: 'parent-damaged' }] });
  expect(next.incomplete).toBe(false);
});

test('special files are kept by name and never opened; links stay links', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  await makeSocket(join(volume, 'socket'));
  writeFileSync(join(volume, 'one'), 'content');
  linkSync(join(volume, 'one'), join(volume, 'two'));
  symlinkSync('/etc/passwd', join(volume, 'symlink'));
  const repository = await newRepository();
  const { record, report } = await takeSnapshot(repository, directorySource(volume));
  expect(report).toMatchObject({ files: { new: 1 }, symlinks: 1, skipped: 1, bytesRead: 7, issues: [{ displayPath: 'socket', reason: 'special' }] });
  expect(record.incomplete).toBe(true);
  const { socket, one, two, symlink } = await entriesOf(repository, record.id);
  expect(socket).toMatchObject({ type: 'unread', reason: 'special' });
  expect(symlink?.type === 'symlink' && Buffer.from(symlink.target).toString()).toBe('/etc/passwd');
  expect([one?.linkCount, one?.inode]).toEqual([2, two?.inode]);
});

test('a file that changes while it is read is tried twice, then kept as torn; one that vanishes is left out; the rest is done', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  for (const name of ['a-settles', 'b-changes', 'c-vanishes', 'd-rest']) writeFileSync(join(volume, name), seededBytes(name.length, 20_000));
  const repository = await newRepository();
  let reads = 0;
  // The save of a file's first chunk is a moment at which the file is open and half read.
  const meddling = meddleWithSaves(repository, (kind) => {
    if (kind !== 'data') return;
    reads += 1;
    if (reads === 1) appendFileSync(join(volume, 'a-settles'), 'once');
    if (reads > 1) appendFileSync(join(volume, 'b-changes'), 'again');
    rmSync(join(volume, 'c-vanishes'), { force: true });
  });
  const { record, report } = await takeSnapshot(meddling, directorySource(volume));
  expect(report.issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`)).toEqual(['b-changes torn']);
  expect(record.incomplete).toBe(true);
  const entries = await entriesOf(repository, record.id);
  expect(Object.keys(entries)).toEqual(['', 'a-settles', 'b-changes', 'd-rest']);
  expect(entries['a-settles']).toMatchObject({ size: 20_004, torn: false });
  expect(entries['b-changes']).toMatchObject({ torn: true });
});

test.for([0, 2])('what may not be read is reported, kept by name, and the rest is done, by %i threads', async (workers) => {
  const scratch = scratchDirectory();
  const [volume, repositories] = [subdirectory(scratch, 'volume'), subdirectory(scratch, 'repositories')];
  mkdirSync(join(volume, 'closed'));
  writeFileSync(join(volume, 'closed', 'inside'), 'x');
  writeFileSync(join(volume, 'secret'), 'x');
  writeFileSync(join(volume, 'open'), 'readable');
  chmodSync(join(volume, 'secret'), 0);
  chmodSync(join(volume, 'closed'), 0);
  chmodSync(scratch, 0o755);
  chmodSync(repositories, 0o777);
  if (process.getuid?.() === 0) for (const name of ['', 'closed', 'secret', 'open']) chownSync(join(volume, name), 65_534, 65_534);
  const output = await runAsNobody(`
    import { createRepository, takeSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const repository = await createRepository({ path: process.env.REPOSITORY, profile: 'small' });
    const { record, report } = await takeSnapshot(repository, { kind: 'directory', path: process.env.VOLUME }, { workers: Number(process.env.WORKERS) });
    console.log(JSON.stringify([record.incomplete, report.files.new, report.issues.map(({ displayPath, reason }) => [displayPath, reason])]));
  `, { VOLUME: volume, REPOSITORY: join(repositories, 'repository'), WORKERS: String(workers) });
  chmodSync(join(volume, 'closed'), 0o700);
  expect(JSON.parse(output)).toEqual([true, 1, [['closed', 'permission'], ['secret', 'permission']]]);
});

test('the repository inside the tree and excluded files are left out', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), 'x');
  const repository = await createRepository({ path: join(volume, 'repository'), profile: 'small' });
  const { record, report } = await takeSnapshot(repository, directorySource(volume));
  expect(report).toMatchObject({ skipped: 1, issues: [] });
  expect(record.incomplete).toBe(false);
  expect(await entriesOf(repository, record.id)).toMatchObject({ file: { type: 'file' }, repository: { type: 'unread', reason: 'repository' } });
});

test('the chunks of a stream depend on bytes and secret, not on how they arrive', async () => {
  const bytes = seededBytes(3, 400_000);
  const repository = await newRepository();
  const parameters = deriveSieveParameters(repository.chunkingKey, chunkProfiles.small);
  const expected: string[] = [];
  for await (const chunk of chunkStream([bytes], parameters)) expected.push(`${repository.identify(chunk.bytes)} ${chunk.cut}`);
  for (const pieceBytes of [1_000, 4_097, 65_536, 400_000]) {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    }
    const { record, report } = await takeSnapshot(repository, { kind: 'stream', description: 'pipe', stream: pieces() });
    expect(record).toMatchObject({ source: { kind: 'image', description: 'pipe' }, statistics: { totalBytes: 400_000, chunkCount: expected.length } });
    expect(report.bytesRead).toBe(400_000);
    const found: string[] = [];
    for await (const { id, cut } of readReferences(repository, (await loadImageRoot(repository, record.id, {})).content, 'data', {})) found.push(`${id} ${cut}`);
    expect(found).toEqual(expected);
  }
});

test('a large directory and a long chunk list are split over several objects and come back', async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  for (let index = 0; index < 500; index++) writeFileSync(join(volume, `file-${index}`), String(index));
  writeFileSync(join(volume, 'large'), seededBytes(9, 1_000_000));
  const repository = await newRepository();
  const { record } = await takeSnapshot(repository, directorySource(volume));
  const entries = await entriesOf(repository, record.id);
  expect(Object.keys(entries)).toHaveLength(502);
  expect(entries['large']).toMatchObject({ content: { level: 1 } });
  expect((await loadTreeRoot(repository, record.id, {})).content.references.length).toBeGreaterThan(1);
  expect(await restoreSnapshot(repository, record.id, join(scratch, 'target'))).toMatchObject({ complete: true, files: 501, bytesWritten: record.statistics.totalBytes });
});

test('an abort passes through unchanged and leaves no snapshot; a missing source is named', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), seededBytes(1, 500_000));
  const repository = await newRepository();
  const controller = new AbortController();
  const reason = new TypeError('enough');
  await expect(takeSnapshot(repository, directorySource(volume), { signal: controller.signal, onProgress: () => controller.abort(reason) })).rejects.toBe(reason);
  expect((await repository.listSnapshots()).snapshots).toEqual([]);
  await expect(takeSnapshot(repository, directorySource(join(volume, 'nothing')))).rejects.toMatchObject({ code: 'source/unreadable' });
});

test('of an encrypted volume goes into an encrypted repository alone', async () => {
  const bytes = seededBytes(1, 100_000);
  const volume = {
    description: 'drive C:', bytes: bytes.length, isEncrypted: true, flush: () => Promise.resolve(), holdsPath: () => Promise.resolve(false), write: () => Promise.resolve(),
    read: (offset: number, into: Uint8Array) => {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return Promise.resolve(part.length);
    },
  };
  const plain = await newRepository();
  await expect(takeSnapshot(plain, { kind: 'volume', volume })).rejects.toMatchObject({ code: 'source/encrypted', message: expect.stringContaining('drive C:') });
  expect((await plain.listSnapshots()).snapshots).toEqual([]);
  const encrypted = await createRepository({ storage: createMemoryStorage(), encryption: { key: seededBytes(2, 32) } });
  expect((await takeSnapshot(encrypted, { kind: 'volume', volume })).record.statistics.totalBytes).toBe(bytes.length);
  expect((await takeSnapshot(plain, { kind: 'volume', volume: { ...volume, isEncrypted: false } })).record.statistics.totalBytes).toBe(bytes.length);
});
