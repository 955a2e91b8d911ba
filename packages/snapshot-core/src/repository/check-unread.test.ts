import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { createFaultStorage, flipBit, rewriteFile } from '../../test/fault-storage.ts';
import { createSeededBytes, createSteppingClock } from '../../test/lent-machine.ts';
import { sampleChunks, takeSampleSnapshot } from '../../test/sample-snapshot.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { FileKind, Storage } from '../storage/storage.ts';
import { checkRepository } from './check-repository.ts';
import { createRepository, openRepository } from './open-repository.ts';

const kinds: readonly FileKind[] = ['config', 'pack', 'index', 'snapshot', 'intent', 'epoch'];

/** Two snapshots that share chunks, a third that was forgotten, a record. */
async function makeWorld() {
  const clock = createSteppingClock();
  const storage = createFaultStorage(createMemoryStorage({ nowMs: () => clock.nowMs() }));
  const options = { storage, clock, randomBytes: createSeededBytes('unread') };
  const repository = await createRepository(options);
  const shared = sampleChunks(1, 2, 40);
  const first = await takeSampleSnapshot(repository, [...shared, ...sampleChunks(2, 1, 30)]);
  const second = await takeSampleSnapshot(repository, [...shared, ...sampleChunks(3, 1, 20)]);
  const gone = await takeSampleSnapshot(repository, sampleChunks(4, 1, 10));
  await repository.withLease('shared', async () => {
    await repository.forgetSnapshot(gone.id);
    await repository.putRecord('note', Buffer.from('note'));
  });
  await repository.prune();
  const files: { kind: FileKind; name: string }[] = [];
  for (const kind of kinds) for (const { name } of await collect(storage.list(kind))) files.push({ kind, name });
  return { ...options, repository, files, both: [first.id, second.id].toSorted(), options };
}

/** The storage with reads that fail, as a disk or a network does. */
function failing(storage: Storage, isFailing: (kind: FileKind, name: string) => boolean): Storage {
  const judge = (kind: FileKind, name: string) => {
    if (isFailing(kind, name)) throw new SnapshotError('storage/failed', `cannot read ${kind}/${name}: EIO`);
  };
  return {
    ...storage,
    get: async (kind, name, call) => (judge(kind, name), storage.get(kind, name, call)),
    getRange: async (kind, name, offset, lengthBytes, call) => (judge(kind, name), storage.getRange(kind, name, offset, lengthBytes, call)),
  };
}

describe.each([false, true])('a check (readData: %s) of a storage that does not answer', (readData) => {
  test('asks once more: what fails once is no finding', async () => {
    const { options, storage } = await makeWorld();
    const failed = new Set<string>();
    const isFirst = (kind: FileKind, name: string) => kind !== 'lease' && failed.size < failed.add(`${kind}/${name}`).size;
    const flaky = failing(storage, (kind, name) => {
      const before = failed.size;
      return isFirst(kind, name) || failed.size > before;
    });
    expect(await checkRepository({ ...options, storage: flaky, readData })).toMatchObject({ intact: true, findings: [] });
    expect(failed.size).toBeGreaterThan(8);
  });

  test('names each file that it never gets, calls nothing damaged, and condemns nothing', async () => {
    const { options, storage, files, both, repository } = await makeWorld();
    const unverified = new Map<FileKind, Set<string>>();
    for (const { kind, name } of files) {
      const broken = { isBroken: false };
      const opened = await openRepository({ ...options, storage: failing(storage, (otherKind, otherName) => broken.isBroken && kind === otherKind && name === otherName) });
      broken.isBroken = true;
      const report = await opened.check({ readData });
      expect(report, `${kind}/${name}`).toMatchObject({ intact: false, damagedSnapshots: [], damagedPacks: [] });
      expect(report.findings).toEqual([{ severity: 'unread', file: `${kind}/${name}`, message: expect.stringContaining('could not be read'), damagedSnapshots: [], unverifiedSnapshots: report.unverifiedSnapshots }]);
      for (const id of report.unverifiedSnapshots) unverified.set(kind, (unverified.get(kind) ?? new Set()).add(id));
    }
    // Config, index and directories are stored twice.
    expect(Object.fromEntries([...unverified].map(([kind, ids]) => [kind, [...ids].toSorted()]))).toEqual({ pack: both, snapshot: both });
    expect((await collect(storage.list('epoch'))).map(({ name }) => name)).toEqual(files.filter(({ kind }) => kind === 'epoch').map(({ name }) => name));
    expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test('leaves every snapshot open while neither copy of the config can be read', async () => {
    const { options, storage, both } = await makeWorld();
    const report = await checkRepository({ ...options, storage: failing(storage, (kind) => kind === 'config'), readData });
    expect(report).toMatchObject({ intact: false, damagedSnapshots: [], unverifiedSnapshots: both });
    await rewriteFile(storage, 'config', 'copy', (bytes) => flipBit(bytes, 77));
    const half = await checkRepository({ ...options, storage: failing(storage, (kind, name) => kind === 'config' && name === 'primary'), readData });
    expect(half).toMatchObject({ intact: false, damagedSnapshots: [], unverifiedSnapshots: both });
    expect(half.findings.map(({ severity, file }) => `${severity} ${file}`)).toEqual(['unread config/primary', 'error config/copy']);
  });
});

test('a key file that cannot be read is not damage either', async () => {
  const storage = createMemoryStorage();
  const encryption = { key: new Uint8Array(32) };
  const { id } = await takeSampleSnapshot(await createRepository({ storage, encryption }), sampleChunks(1, 2));
  const report = await checkRepository({ storage: failing(storage, (kind) => kind === 'key'), key: encryption.key });
  expect(report).toMatchObject({ intact: false, damagedSnapshots: [], unverifiedSnapshots: [id] });
  expect(new Set(report.findings.map(({ severity }) => severity))).toEqual(new Set(['unread']));
});

test('an object that one copy has lost is not lost while another copy does not answer', async () => {
  const { options, storage } = await makeWorld();
  const chunks = sampleChunks(8, 3);
  const [one, other] = [await openRepository(options), await openRepository(options)];
  const { id } = await takeSampleSnapshot(one, chunks);
  await takeSampleSnapshot(other, chunks);
  const [damaged, silent] = (await openRepository(options)).engine.objects.index.copiesOf(one.identify(chunks[0] ?? new Uint8Array()));
  await rewriteFile(storage, 'pack', damaged?.pack.name ?? '', (bytes) => flipBit(bytes, 8 * ((damaged?.object.frame.offset ?? 0) + (damaged?.object.offset ?? 0))));
  const report = await checkRepository({ ...options, storage: failing(storage, (kind, name) => kind === 'pack' && name === silent?.pack.name), readData: true });
  expect(report).toMatchObject({ intact: false, damagedSnapshots: [], damagedPacks: [damaged?.pack.name] });
  expect(report.unverifiedSnapshots).toContain(id);
});

test('a pack that cannot be read and has another length than an index file says is damaged', async () => {
  const { options, storage, both } = await makeWorld();
  const [largest] = (await collect(storage.list('pack'))).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  await rewriteFile(storage, 'pack', largest?.name ?? '', (bytes) => bytes.subarray(0, 40));
  const report = await checkRepository({ ...options, storage: failing(storage, (kind, name) => kind === 'pack' && name === largest?.name), readData: true });
  expect(report.damagedPacks).toEqual([largest?.name]);
  expect([...report.damagedSnapshots, ...report.unverifiedSnapshots].every((id) => both.includes(id))).toBe(true);
});

test('whatever reads fail, a check says nothing that is not so, and never that all is well where it is not', async () => {
  const { options, storage, files, both } = await makeWorld();
  const packs = files.filter(({ kind }) => kind === 'pack');
  await fc.assert(
    fc.asyncProperty(fc.option(fc.record({ pack: fc.nat(), bit: fc.nat() })), fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.boolean(), async (damage, fails, readData) => {
      const target = damage === null ? undefined : packs[damage.pack % packs.length]?.name;
      const shown: Storage = target === undefined ? storage : { ...createMemoryStorage(), ...storage };
      if (target !== undefined && damage !== null) {
        const bytes = flipBit(await storage.get('pack', target), damage.bit % (8 * (await storage.get('pack', target)).length));
        shown.get = async (kind, name, call) => (kind === 'pack' && name === target ? new Uint8Array(bytes) : storage.get(kind, name, call));
        shown.getRange = async (kind, name, offset, lengthBytes, call) => (kind === 'pack' && name === target ? new Uint8Array(bytes.subarray(offset, offset + lengthBytes)) : storage.getRange(kind, name, offset, lengthBytes, call));
      }
      const truth = await checkRepository({ ...options, storage: shown, readData });
      let reads = 0;
      const told = await checkRepository({ ...options, storage: failing(shown, (kind) => kind !== 'lease' && fails[reads++ % fails.length] === true), readData });
      for (const id of told.damagedSnapshots) expect(truth.damagedSnapshots).toContain(id);
      for (const name of told.damagedPacks) expect(truth.damagedPacks).toContain(name);
      for (const id of truth.damagedSnapshots) expect([...told.damagedSnapshots, ...told.unverifiedSnapshots]).toContain(id);
      expect(told.intact && !truth.intact).toBe(false);
      expect(both).toEqual(expect.arrayContaining([...told.unverifiedSnapshots]));
    }),
    { numRuns: 200 },
  );
});
