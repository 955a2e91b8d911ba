import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { seededBytes } from '../../test/support/tree-operations.ts';
import { encodeTreeObject } from '../format/tree-object.ts';
import { createPackCodec } from '../pack/pack-codec.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { ObjectStore } from './object-store.ts';
import { ObjectWriter } from './object-writer.ts';

const repositoryId = 'ab'.repeat(16);
const codec = await createPackCodec({ repositoryId, hash: 'sha-256', compression: 'none' });
const chunk = Buffer.from('a chunk that another thread has saved');
const chunkId = codec.identity.identify(chunk);
const tree = encodeTreeObject({ references: [{ kind: 'data', id: chunkId, lengthBytes: chunk.length, cut: 'end' }], payload: new Uint8Array() });

/** A store, and another writer as a worker has one: it knows the index and announces its packs. */
async function makeWorld() {
  const storage = createMemoryStorage();
  const store = new ObjectStore({ storage, envelope: { repositoryId }, codec, randomBytes });
  await store.reload([]);
  const other = new ObjectWriter({ codec, storage, index: store.index, randomBytes, announce: ({ prefix, directoryBytes }) => store.addStoredPack({ prefix, directoryBytes }) });
  return { storage, store, other, packs: async () => (await collect(storage.list('pack'))).length };
}

describe('a store with other writers', () => {
  test('relies on what they have saved, and stores it before what refers to it', async () => {
    const { store, other, packs } = await makeWorld();
    store.attach(other);
    await other.save(chunk, 'data');
    await expect(store.save(tree, 'tree')).rejects.toMatchObject({ code: 'object/missing' });
    store.expect(chunkId, 'data');
    expect([store.has(chunkId, 'data'), store.has(chunkId, 'tree')]).toEqual([true, false]);
    expect(await store.save(chunk, 'data')).toEqual({ id: chunkId, added: false });
    const { id } = await store.save(tree, 'tree');
    await store.flush();
    expect(await packs()).toBe(2);
    expect(Buffer.from(await store.load(chunkId))).toEqual(chunk);
    expect(store.has(id, 'tree')).toBe(true);
  });

  test('what one of them lost ends the work, and no tree that refers to it is stored', async () => {
    const { store, packs } = await makeWorld();
    store.attach({ flush: async () => undefined });
    store.expect(chunkId, 'data');
    await store.save(tree, 'tree');
    await expect(store.flush()).rejects.toMatchObject({ code: 'worker/lost', message: expect.stringContaining(chunkId) });
    expect(await packs()).toBe(0);
    await expect(store.save(tree, 'tree')).rejects.toMatchObject({ code: 'repository/broken' });
  });

  test('what they save while one of them is still being asked is not missed yet', async () => {
    const { store, other } = await makeWorld();
    const late = Buffer.from('saved by a thread that was asked first and went on working');
    store.attach({
      flush: async () => {
        await other.flush();
        await other.save(late, 'data');
        store.expect(codec.identity.identify(late), 'data');
      },
    });
    await other.save(chunk, 'data');
    store.expect(chunkId, 'data');
    const { id } = await store.save(tree, 'tree');
    await store.flush();
    expect(store.index.hasKept(id, 'tree')).toBe(true);
    expect(Buffer.from(await store.load(chunkId))).toEqual(chunk);
  });

  test('that have gone are not asked any more', async () => {
    const { store, packs } = await makeWorld();
    const detach = store.attach({ flush: () => Promise.reject(new TypeError('asked')) });
    detach();
    await store.save(chunk, 'data');
    await store.flush();
    expect(await packs()).toBe(1);
  });

  test('what is stored already is not waited for', async () => {
    const { store } = await makeWorld();
    await store.save(chunk, 'data');
    await store.flush();
    store.attach({ flush: async () => undefined });
    store.expect(chunkId, 'data');
    await expect(store.flush()).resolves.toBeUndefined();
  });

  test('what they can bring no more is given up, with the trees that wait for it', async () => {
    const { store, other } = await makeWorld();
    const detach = store.attach(other);
    store.expect(chunkId, 'data');
    const { id } = await store.save(tree, 'tree');
    store.giveUpExpected();
    expect([store.has(chunkId, 'data'), store.has(id, 'tree')]).toEqual([true, true]);
    detach();
    store.giveUpExpected();
    expect([store.has(chunkId, 'data'), store.has(id, 'tree')]).toEqual([false, false]);
    await expect(store.save(tree, 'tree')).rejects.toMatchObject({ code: 'object/missing' });
    expect(await store.save(chunk, 'data')).toMatchObject({ added: true });
    expect(await store.save(tree, 'tree')).toMatchObject({ id, added: true });
    await store.flush();
    expect(Buffer.from(await store.load(id))).toEqual(Buffer.from(tree));
  });

  test('whoever is flushing trees that are given up hears of it', async () => {
    const { store, packs } = await makeWorld();
    const asked = Promise.withResolvers<void>();
    const detach = store.attach({ flush: () => asked.promise });
    store.expect(chunkId, 'data');
    await store.save(tree, 'tree');
    const flushed = store.flush();
    detach();
    store.giveUpExpected();
    asked.resolve();
    await expect(flushed).rejects.toMatchObject({ code: 'worker/lost' });
    expect(await packs()).toBe(0);
  });

  test('trees that are on their way to the storage are not given up', async () => {
    const { store } = await makeWorld();
    const asked = Promise.withResolvers<void>();
    const detach = store.attach({ flush: () => asked.promise });
    const wide = encodeTreeObject({ references: [], payload: new Uint8Array(seededBytes(1, 17_000_000)) });
    store.expect(chunkId, 'data');
    await store.save(wide, 'tree');
    detach();
    store.giveUpExpected();
    asked.resolve();
    await expect(store.flush()).rejects.toMatchObject({ code: 'worker/lost' });
  });
});
