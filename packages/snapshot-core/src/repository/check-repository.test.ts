import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flipBit } from '../../test/fault-storage.ts';
import { createHolder, createSeededBytes, createSteppingClock } from '../../test/lent-machine.ts';
import { usualOrLong } from '../../test/support/long-tests.ts';
import { loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from '../../test/sample-snapshot.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { FileKind, Storage } from '../storage/storage.ts';
import type { CheckProgress } from './check-report.ts';
import { checkRepository } from './check-repository.ts';
import { createRepository, openRepository } from './open-repository.ts';

const kinds: readonly FileKind[] = ['config', 'key', 'pack', 'index', 'snapshot', 'intent', 'epoch', 'lease'];

/** Two snapshots that share some chunks, a record, a prune behind it, and a lease left by a killed process on another host. */
async function makeWorld() {
  const clock = createSteppingClock();
  const storage = createMemoryStorage({ nowMs: () => clock.nowMs() });
  const randomBytes = createSeededBytes('check');
  const options = { storage, clock, randomBytes, holder: createHolder('here', 1) };
  const repository = await createRepository(options);
  const shared = sampleChunks(1, 2, 40);
  const first = await takeSampleSnapshot(repository, [...shared, ...sampleChunks(2, 1, 30)]);
  const second = await takeSampleSnapshot(repository, [...shared, ...sampleChunks(3, 1, 20)]);
  const gone = await takeSampleSnapshot(repository, sampleChunks(4, 1, 10));
  await repository.withLease('shared', async () => {
    await repository.forgetSnapshot(gone.id);
    await repository.putRecord('intent-1', Buffer.from('roll back'));
  });
  await repository.prune();
  const killed: Storage = { ...storage, delete: () => Promise.reject(new TypeError('killed')) };
  await (await openRepository({ ...options, storage: killed, holder: createHolder('elsewhere', 9) })).withLease('shared', async () => undefined).catch(() => undefined);
  return { storage, options, repository, first: first.id, second: second.id, shared };
}

async function filesIn(storage: Storage): Promise<{ kind: FileKind; name: string }[]> {
  const files: { kind: FileKind; name: string }[] = [];
  for (const kind of kinds) for await (const { name } of storage.list(kind)) files.push({ kind, name });
  return files;
}

/** The storage with one file's bytes replaced, as a failing disk shows it. `undefined`: the file is gone. */
function showing(storage: Storage, kind: FileKind, name: string, bytes: Uint8Array | undefined): Storage {
  const isIt = (otherKind: FileKind, otherName: string) => otherKind === kind && otherName === name;
  const shown = createMemoryStorage();
  const ready = bytes && shown.put(kind, name, [bytes]);
  return {
    ...storage,
    get: async (k, n, call) => (await ready, isIt(k, n) ? shown : storage).get(k, n, call),
    getRange: async (k, n, offset, length, call) => (await ready, isIt(k, n) ? shown : storage).getRange(k, n, offset, length, call),
    async *list(k, call) {
      for await (const file of storage.list(k, call))
        if (!isIt(k, file.name)) yield file;
        else if (bytes) yield { ...file, sizeBytes: bytes.length };
    },
  };
}

describe('check', () => {
  test('finds nothing in a sound repository, and changes nothing', async () => {
    const { storage, repository } = await makeWorld();
    const before = await filesIn(storage);
    for (const readData of [false, true]) expect(await repository.check({ readData })).toMatchObject({ intact: true, findings: [], damagedSnapshots: [] });
    expect(await filesIn(storage)).toEqual(before);
  });

  test('with readData reads every stored byte', async () => {
    const { storage, repository } = await makeWorld();
    let storedBytes = 0;
    for (const kind of kinds) for await (const { sizeBytes } of storage.list(kind)) storedBytes += sizeBytes;
    expect((await repository.check({ readData: true })).bytesRead).toBeGreaterThanOrEqual(storedBytes);
  });

  test('finds flipped bits all over every file, and names the file', async () => {
    const { storage, options, first, second } = await makeWorld();
    const missed: string[] = [];
    const damagedBy = new Map<FileKind, Set<string>>();
    for (const { kind, name } of await filesIn(storage)) {
      const bytes = await storage.get(kind, name);
      // Every bit of every file is flipped by `bit-flips.test.ts` in a long run; this one asks what the report says.
      for (let bit = 0; bit < bytes.length * 8; bit += usualOrLong(25, 9)) {
        const report = await checkRepository({ ...options, storage: showing(storage, kind, name, flipBit(bytes, bit)), readData: true });
        const finding = report.findings.find(({ file, severity }) => file === `${kind}/${name}` && severity === 'error');
        if (!finding || report.intact) missed.push(`${kind}/${name} bit ${bit}`);
        for (const id of report.damagedSnapshots) damagedBy.set(kind, (damagedBy.get(kind) ?? new Set()).add(id));
      }
    }
    expect(missed).toEqual([]);
    // Config, index and directories are stored twice; only packs and records can cost a snapshot.
    expect(Object.fromEntries([...damagedBy].map(([kind, ids]) => [kind, [...ids].toSorted()]))).toEqual({ pack: [first, second].toSorted(), snapshot: [first, second].toSorted() });
  });

  test('finds every file that is cut short or gone, unless nothing depends on it', async () => {
    const { storage, options } = await makeWorld();
    for (const { kind, name } of await filesIn(storage)) {
      const bytes = await storage.get(kind, name);
      const check = (shown: Uint8Array | undefined) => checkRepository({ ...options, storage: showing(storage, kind, name, shown), readData: true });
      for (const length of new Set([0, 1, Math.floor(bytes.length / 2), bytes.length - 1])) {
        const report = await check(bytes.subarray(0, length));
        expect(report.findings.map(({ file }) => file), `${kind}/${name} cut to ${length}`).toContain(`${kind}/${name}`);
      }
      const gone = await check(undefined);
      const mattersAlone = kind === 'pack' || kind === 'config';
      expect(gone.findings.filter(({ severity, file }) => severity === 'error' && file === `${kind}/${name}`)).toHaveLength(mattersAlone ? 1 : 0);
    }
  });

  test('survives any damage, and so does reading: nothing but our own errors, and never wrong bytes', async () => {
    const { storage, options, repository, first } = await makeWorld();
    const files = await filesIn(storage);
    const expected = await loadSampleSnapshot(repository, await repository.getSnapshot(first));
    const damage = fc.record({ file: fc.nat(), at: fc.nat(), put: fc.uint8Array({ maxLength: 60 }), remove: fc.nat(80) });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        let shown = storage;
        for (const { file, at, put, remove } of damages) {
          const { kind = 'pack', name = '' } = files[file % files.length] ?? {};
          const bytes = await shown.get(kind, name);
          const from = at % bytes.length;
          shown = showing(shown, kind, name, new Uint8Array(Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + remove)])));
        }
        const report = await checkRepository({ ...options, storage: shown, readData: true });
        const outcome = await (async () => {
          const opened = await openRepository({ ...options, storage: shown });
          return loadSampleSnapshot(opened, await opened.getSnapshot(first));
        })().catch((error: unknown) => {
          if (!SnapshotError.isInstance(error)) throw error;
          return report.damagedSnapshots.includes(first) ? expected : error;
        });
        expect(outcome).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('says which snapshots a damaged chunk harms', async () => {
    const { storage, options, repository, first, second, shared } = await makeWorld();
    const damage = async (bytes: Uint8Array) => {
      const at = repository.locate(repository.identify(bytes));
      const name = at?.packName ?? '';
      const stored = await storage.get('pack', name);
      return { name, report: await checkRepository({ ...options, storage: showing(storage, 'pack', name, flipBit(stored, (at?.offset ?? 0) * 8)), readData: true }) };
    };
    const both = await damage(shared[0] ?? new Uint8Array());
    expect(both.report.findings).toMatchObject([{ severity: 'error', file: `pack/${both.name}`, damagedSnapshots: [first, second].toSorted() }]);
    const one = await damage(sampleChunks(3, 1, 20)[0] ?? new Uint8Array());
    expect(one.report.damagedSnapshots).toEqual([second]);
  });

  test('without readData still finds what is wrong with trees', async () => {
    const { storage, options, repository, first } = await makeWorld();
    const record = await repository.getSnapshot(first);
    const at = repository.locate(record.rootId);
    const bytes = await storage.get('pack', at?.packName ?? '');
    const report = await checkRepository({ ...options, storage: showing(storage, 'pack', at?.packName ?? '', flipBit(bytes, (at?.offset ?? 0) * 8)) });
    expect(report.damagedSnapshots).toContain(first);
    expect(report.findings[0]?.file).toBe(`pack/${at?.packName}`);
  });

  test('works where nothing can be opened, and names every snapshot', async () => {
    const { storage, options, first, second } = await makeWorld();
    const bytes = flipBit(await storage.get('config', 'primary'), 77);
    const broken = showing(showing(storage, 'config', 'primary', bytes), 'config', 'copy', bytes);
    await expect(openRepository({ ...options, storage: broken })).rejects.toMatchObject({ code: 'format/damaged' });
    const report = await checkRepository({ ...options, storage: broken });
    expect(report).toMatchObject({ intact: false, damagedSnapshots: [first, second].toSorted() });
    expect(report.findings.map(({ file }) => file)).toEqual(['config/primary', 'config/copy']);
  });

  test('a repository that is not there is not a finding', async () => {
    await expect(checkRepository({ storage: createMemoryStorage() })).rejects.toMatchObject({ code: 'repository/not-found' });
  });
});

test('says how far it is; with readData, of how many bytes of packs', async () => {
  const { storage } = await makeWorld();
  const told: CheckProgress[] = [];
  const { bytesRead, filesChecked } = await checkRepository({ storage, readData: true, onProgress: (progress) => told.push(progress) });
  let packBytes = 0;
  for await (const { sizeBytes } of storage.list('pack')) packBytes += sizeBytes;
  expect(told.at(-1)).toEqual({ bytesRead, filesChecked, totalBytes: packBytes });
  expect(told.map((progress) => progress.bytesRead)).toEqual(told.map((progress) => progress.bytesRead).toSorted((left, right) => left - right));
  const structure: CheckProgress[] = [];
  await checkRepository({ storage, onProgress: (progress) => structure.push(progress) });
  expect(structure.at(-1)).not.toHaveProperty('totalBytes');
});
