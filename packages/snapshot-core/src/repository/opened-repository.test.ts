import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { createFaultStorage, flipBit, rewriteFile } from '../../test/fault-storage.ts';
import { createSteppingClock } from '../../test/lent-machine.ts';
import { commitSampleSnapshot, loadSampleSnapshot, sampleChunks, takeSampleSnapshot } from '../../test/sample-snapshot.ts';
import { encodeTreeObject } from '../format/tree-object.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import type { CompressionName } from '../format/repository-config.ts';
import type { Storage } from '../storage/storage.ts';
import { createRepository, openRepository } from './open-repository.ts';

const make = async (storage: Storage = createMemoryStorage(), compression?: CompressionName) => ({ storage, repository: await createRepository({ storage, clock: createSteppingClock(), ...(compression && { compression }) }) });
const namesOf = async (storage: Storage, kind: Parameters<Storage['list']>[0]) => (await collect(storage.list(kind))).map(({ name }) => name);

describe('creating and opening', () => {
  test('a repository keeps what was chosen, and a secret of its own', async () => {
    const storage = createMemoryStorage();
    const created = await createRepository({ storage, profile: 'small', hash: 'sha-256', compression: 'none' });
    const opened = await openRepository({ storage });
    expect(opened.config).toEqual(created.config);
    expect(opened.config).toMatchObject({ formatVersion: 1, hash: 'sha-256', chunker: 'sieve-v1', profile: 'small', compression: 'none', encryption: 'none' });
    expect((await make()).repository.config, 'unless nothing was chosen').toMatchObject({ hash: 'blake3', profile: 'volume', compression: 'zstd', encryption: 'none' });
    expect(opened.chunkingKey).toEqual(created.chunkingKey);
    expect((await make()).repository.chunkingKey).not.toEqual(created.chunkingKey);
  });

  test('creating twice and opening nothing are refused', async () => {
    const { storage } = await make();
    await expect(createRepository({ storage })).rejects.toMatchObject({ code: 'repository/exists' });
    await expect(openRepository({ storage: createMemoryStorage() })).rejects.toMatchObject({ code: 'repository/not-found' });
  });

  test('objects are identified by the hash that was chosen, and a wrong byte is noticed under each', async () => {
    const abc = { 'sha-256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', blake3: '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85' };
    for (const hash of ['sha-256', 'blake3'] as const) {
      const storage = createMemoryStorage();
      const repository = await createRepository({ storage, hash });
      const { id } = await repository.withLease('shared', async () => repository.save(Buffer.from('abc'), 'data'));
      expect(id).toBe(abc[hash]);
      const chunks = sampleChunks(3, 5);
      const snapshot = await takeSampleSnapshot(repository, chunks);
      const again = await openRepository({ storage });
      expect(await loadSampleSnapshot(again, snapshot)).toEqual(chunks);
      expect(await again.check({ readData: true })).toMatchObject({ intact: true });
      for (const name of await namesOf(storage, 'pack')) await rewriteFile(storage, 'pack', name, (bytes) => flipBit(bytes, 32 * 8));
      expect(await again.check({ readData: true })).toMatchObject({ intact: false, damagedSnapshots: [snapshot.id] });
    }
  });

  test.each(['primary', 'copy'])('a damaged or missing %s config is replaced by the other copy', async (name) => {
    const { storage, repository } = await make();
    await rewriteFile(storage, 'config', name, (bytes) => flipBit(bytes, 300));
    expect((await openRepository({ storage })).id).toBe(repository.id);
    await storage.delete('config', name);
    expect((await openRepository({ storage })).id).toBe(repository.id);
  });

  test('with no intact config it is damaged, not absent', async () => {
    const { storage } = await make();
    for (const name of ['primary', 'copy']) await rewriteFile(storage, 'config', name, (bytes) => flipBit(bytes, 300));
    await expect(openRepository({ storage })).rejects.toMatchObject({ code: 'format/damaged' });
  });
});

describe('objects', () => {
  test('what was saved is loaded, before and after flush and by others', async () => {
    const { storage, repository } = await make();
    const [bytes = new Uint8Array()] = sampleChunks(1, 1);
    const id = await repository.withLease('shared', async () => {
      const saved = await repository.save(bytes, 'data');
      expect(saved).toEqual({ id: repository.identify(bytes), added: true });
      expect(await repository.load(saved.id)).toEqual(bytes);
      expect(repository.locate(saved.id)).toBeUndefined();
      await repository.flush();
      return saved.id;
    });
    expect(await repository.load(id)).toEqual(bytes);
    expect(await (await openRepository({ storage })).load(id)).toEqual(bytes);
    expect(repository.locate(id)).toEqual({ kind: 'data', packName: (await namesOf(storage, 'pack'))[0], offset: 32, lengthBytes: 100 });
  });

  test('the same bytes are stored once', async () => {
    const { storage, repository } = await make();
    const chunks = sampleChunks(1, 3);
    await takeSampleSnapshot(repository, [...chunks, ...chunks]);
    const packs = await namesOf(storage, 'pack');
    await takeSampleSnapshot(repository, [...chunks, ...chunks]);
    expect(await namesOf(storage, 'pack')).toEqual(packs);
  });

  test('a buffer can be used again as soon as save has returned', async () => {
    const { repository } = await make();
    const buffer = Buffer.from('original');
    await repository.withLease('shared', async () => {
      const saving = repository.save(buffer, 'data');
      buffer.fill(0);
      expect(Buffer.from(await repository.load((await saving).id)).toString()).toBe('original');
    });
  });

  test('data and trees lie in packs of their own; large amounts make several', async () => {
    const { storage, repository } = await make(createMemoryStorage(), 'none');
    const chunks = Array.from({ length: 40 }, (_, index) => new Uint8Array(1_048_576).fill(index));
    const snapshot = await takeSampleSnapshot(repository, chunks);
    const packs = (await collect(storage.list('pack'))).map(({ sizeBytes }) => sizeBytes);
    expect(packs.length).toBe(4);
    for (const sizeBytes of packs) expect(sizeBytes).toBeLessThan(33_554_432);
    const back = await loadSampleSnapshot(await openRepository({ storage }), snapshot);
    expect(back.map((bytes) => bytes[5])).toEqual(chunks.map((bytes) => bytes[5]));
  });

  test('nothing is stored before what it refers to', async () => {
    const storage = createFaultStorage(createMemoryStorage());
    const { repository } = await make(storage, 'none');
    const order: string[] = [];
    storage.beforeWrite = async (call, kind, name) => {
      if (call === 'put' && kind !== 'lease') order.push(kind === 'pack' ? `${kind} of ${name}` : kind);
    };
    const [bytes = new Uint8Array()] = sampleChunks(1, 1);
    const snapshot = await repository.withLease('shared', async () => {
      const { id } = await repository.save(bytes, 'data');
      // So large that the tree's pack is full and stored at once, while the data still waits.
      await repository.save(encodeTreeObject({ references: [{ kind: 'data', id, lengthBytes: 100, cut: 'end' }], payload: new Uint8Array(17_000_000) }), 'tree');
      return commitSampleSnapshot(repository, [bytes]);
    });
    const [dataPack, treePack] = [repository.identify(bytes), snapshot.rootId].map((id) => `pack of ${repository.locate(id)?.packName}`);
    expect(order[0]).toBe(dataPack);
    expect(order.slice(2)).toEqual([treePack, 'index', 'snapshot']);
  });

  test('a tree may refer only to what was saved', async () => {
    const { repository } = await make();
    const id = repository.identify(Buffer.from('never saved'));
    const tree = encodeTreeObject({ references: [{ kind: 'data', id, lengthBytes: 11, cut: 'end' }], payload: new Uint8Array() });
    await repository.withLease('shared', async () => {
      await expect(repository.save(tree, 'tree')).rejects.toMatchObject({ code: 'object/missing' });
      await expect(repository.save(Buffer.from('no tree'), 'tree')).rejects.toMatchObject({ code: 'format/damaged' });
      await expect(repository.commitSnapshot({ ...(await commitSampleSnapshot(repository, [])), rootId: id })).rejects.toMatchObject({ code: 'object/missing' });
    });
  });

  test('a damaged copy gives way to an intact one, and alone is refused', async () => {
    const { storage, repository } = await make();
    const [bytes = new Uint8Array()] = sampleChunks(4, 1);
    const { id } = await repository.withLease('shared', async () => {
      const saved = await repository.save(bytes, 'data');
      await repository.flush();
      return saved;
    });
    const [pack = ''] = await namesOf(storage, 'pack');
    await rewriteFile(storage, 'pack', pack, (stored) => flipBit(stored, 32 * 8 + 5));
    await expect(repository.load(id)).rejects.toMatchObject({ code: 'object/damaged' });
    await expect(repository.load(repository.identify(Buffer.from('other')))).rejects.toMatchObject({ code: 'object/missing' });
  });

  test('writing needs a lease', async () => {
    const { repository } = await make();
    const refused = { code: 'repository/lease-required' };
    await expect(repository.save(new Uint8Array(1), 'data')).rejects.toMatchObject(refused);
    await expect(repository.flush()).rejects.toMatchObject(refused);
    await expect(repository.forgetSnapshot('00')).rejects.toMatchObject(refused);
    await expect(repository.putRecord('a', new Uint8Array())).rejects.toMatchObject(refused);
    await expect(repository.deleteRecord('a')).rejects.toMatchObject(refused);
  });

  test('an aborted call rejects with the reason and breaks nothing', async () => {
    const { repository } = await make();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await repository.withLease('shared', async () => {
      await expect(repository.save(new Uint8Array(1), 'data', { signal })).rejects.toBe(reason);
      await expect(repository.flush({ signal })).rejects.toBe(reason);
      await commitSampleSnapshot(repository, sampleChunks(1, 1));
    });
  });
});

describe('snapshots and records', () => {
  test('are listed oldest first, read, and forgotten', async () => {
    const { repository } = await make();
    const late = await takeSampleSnapshot(repository, sampleChunks(1, 2), 2_000);
    const early = await takeSampleSnapshot(repository, sampleChunks(2, 2), 1_000);
    expect(await repository.listSnapshots()).toEqual({ snapshots: [early, late], damaged: [] });
    expect(await repository.getSnapshot(late.id)).toEqual(late);
    await repository.withLease('shared', async () => {
      await repository.forgetSnapshot(late.id);
      await repository.forgetSnapshot(late.id);
    });
    expect((await repository.listSnapshots()).snapshots).toEqual([early]);
    await expect(repository.getSnapshot(late.id)).rejects.toMatchObject({ code: 'snapshot/not-found' });
  });

  test('a damaged record is told apart, and hides no other', async () => {
    const { storage, repository } = await make();
    const bad = await takeSampleSnapshot(repository, sampleChunks(1, 1));
    const good = await takeSampleSnapshot(repository, sampleChunks(2, 1));
    await rewriteFile(storage, 'snapshot', bad.id, (bytes) => flipBit(bytes, 400));
    expect(await repository.listSnapshots()).toEqual({ snapshots: [good], damaged: [{ id: bad.id, reason: expect.stringContaining(bad.id) }] });
  });

  test('a snapshot committed by another process can be loaded at once', async () => {
    const { storage, repository } = await make();
    const other = await openRepository({ storage });
    const chunks = sampleChunks(5, 4);
    const snapshot = await takeSampleSnapshot(other, chunks);
    expect(await loadSampleSnapshot(repository, await repository.getSnapshot(snapshot.id))).toEqual(chunks);
  });

  test('records are put once, read, listed and removed', async () => {
    const { storage, repository } = await make();
    await repository.withLease('shared', async () => {
      await repository.putRecord('rollback-1', Buffer.from('intent'));
      await expect(repository.putRecord('rollback-1', Buffer.from('other'))).rejects.toMatchObject({ code: 'storage/exists' });
      expect(Buffer.from((await repository.getRecord('rollback-1')) ?? []).toString()).toBe('intent');
      expect(await repository.listRecords()).toEqual(['rollback-1']);
      await rewriteFile(storage, 'intent', 'rollback-1', (bytes) => flipBit(bytes, 270));
      await expect(repository.getRecord('rollback-1')).rejects.toMatchObject({ code: 'format/damaged' });
      await repository.deleteRecord('rollback-1');
      expect(await repository.getRecord('rollback-1')).toBeUndefined();
    });
  });
});

describe('without an intact index', () => {
  test.each([
    ['missing', (storage: Storage, name: string) => storage.delete('index', name)],
    ['damaged', (storage: Storage, name: string) => rewriteFile(storage, 'index', name, (bytes) => flipBit(bytes, 999))],
  ])('packs speak for themselves when it is %s, and the next snapshot lists them again', async (_, harm) => {
    const { storage, repository } = await make();
    const chunks = sampleChunks(1, 5);
    const snapshot = await takeSampleSnapshot(repository, chunks);
    for (const name of await namesOf(storage, 'index')) await harm(storage, name);
    const reopened = await openRepository({ storage });
    expect(await loadSampleSnapshot(reopened, snapshot)).toEqual(chunks);
    const packs = await namesOf(storage, 'pack');
    await takeSampleSnapshot(reopened, chunks);
    expect(await namesOf(storage, 'pack')).toEqual(packs);
    for (const finding of (await reopened.check({ readData: true })).findings) expect(finding.file).toMatch(/^index\//);
  });
});

test('what an index lists in packs that are gone is not there, and is stored again', async () => {
  const { storage, repository } = await make();
  const chunks = sampleChunks(1, 5);
  await takeSampleSnapshot(repository, chunks);
  for (const name of await namesOf(storage, 'pack')) await storage.delete('pack', name);
  const reopened = await openRepository({ storage });
  expect(reopened.has(reopened.identify(chunks[0] ?? new Uint8Array()))).toBe(false);
  expect(await loadSampleSnapshot(reopened, await takeSampleSnapshot(reopened, chunks))).toEqual(chunks);
});

describe('a storage that fails', () => {
  test('a full one breaks the open repository, loses no committed snapshot, and the next run works', async () => {
    const storage = createFaultStorage(createMemoryStorage());
    const { repository } = await make(storage);
    const first = await takeSampleSnapshot(repository, sampleChunks(1, 5));
    for (const roomBytes of [0, 300, 900, 1_500, 2_000]) {
      storage.roomBytes = roomBytes;
      const writer = await openRepository({ storage });
      await expect(takeSampleSnapshot(writer, sampleChunks(roomBytes + 2, 8))).rejects.toMatchObject({ code: expect.stringMatching(/^(storage\/full|repository\/broken)$/) });
      storage.roomBytes = Number.POSITIVE_INFINITY;
      const report = await (await openRepository({ storage })).check({ readData: true });
      expect(report).toMatchObject({ intact: true, damagedSnapshots: [] });
      expect((await repository.listSnapshots()).snapshots).toEqual([first]);
    }
    const last = await takeSampleSnapshot(await openRepository({ storage }), sampleChunks(2, 8));
    expect(await loadSampleSnapshot(await openRepository({ storage }), last)).toEqual(sampleChunks(2, 8));
  });

  test('after a failed write nothing more is written through the same object', async () => {
    const storage = createFaultStorage(createMemoryStorage());
    const { repository } = await make(storage);
    await repository.withLease('shared', async () => {
      await repository.save(Buffer.from('lost'), 'data');
      storage.roomBytes = 0;
      await expect(repository.flush()).rejects.toMatchObject({ code: 'storage/full' });
      storage.roomBytes = 1e9;
      await expect(repository.save(Buffer.from('next'), 'data')).rejects.toMatchObject({ code: 'repository/broken' });
      await expect(repository.flush()).rejects.toMatchObject({ code: 'repository/broken' });
    });
  });

  test('a read-only or full one can still be read and checked under a lease', async () => {
    const storage = createFaultStorage(createMemoryStorage());
    const { repository } = await make(storage);
    const chunks = sampleChunks(3, 3);
    const snapshot = await takeSampleSnapshot(repository, chunks);
    for (const fault of ['isReadOnly', 'roomBytes'] as const) {
      if (fault === 'isReadOnly') storage.isReadOnly = true;
      else [storage.isReadOnly, storage.roomBytes] = [false, 0];
      const reader = await openRepository({ storage });
      expect(await reader.withLease('shared', () => loadSampleSnapshot(reader, snapshot))).toEqual(chunks);
      expect((await reader.check({ readData: true })).intact).toBe(true);
      await expect(takeSampleSnapshot(reader, sampleChunks(9, 1))).rejects.toMatchObject({ code: fault === 'isReadOnly' ? 'storage/read-only' : 'storage/full' });
    }
  });
});

test('what is stored while the index is read anew is not lost from it', async () => {
  const inner = createMemoryStorage();
  let atIndexList: () => Promise<void> = async () => undefined;
  const storage: Storage = {
    ...inner,
    async *list(kind, options) {
      if (kind === 'index') await atIndexList();
      yield* inner.list(kind, options);
    },
  };
  const { repository } = await make(storage);
  await repository.withLease('shared', async () => {
    const listing = inner.list('index');
    atIndexList = async () => {
      atIndexList = async () => undefined;
      await repository.save(Buffer.from('meanwhile'), 'data');
      await repository.flush();
      // As if the listing had begun before: what was written meanwhile does not show.
      for await (const { name } of listing) await inner.delete('index', name);
    };
    await expect(repository.load('0'.repeat(64))).rejects.toMatchObject({ code: 'object/missing' });
    expect(repository.has(repository.identify(Buffer.from('meanwhile')), 'data')).toBe(true);
  });
});
