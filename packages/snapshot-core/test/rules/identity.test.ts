import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectKind } from '../../src/format/object-reference.ts';
import { encodeTreeObject } from '../../src/format/tree-object.ts';
import type { PackCodec } from '../../src/pack/pack-codec.ts';
import { ObjectStore } from '../../src/repository/object-store.ts';
import { createFolderStorage } from '../../src/storage/folder-storage.ts';
import { createMemoryStorage } from '../../src/storage/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { createCollidingCodec } from '../support/lent-codec.ts';
import { scratchDirectory } from '../support/scratch.ts';

// Rule 1: deduplication, index and snapshot records use the whole identity of 256 bits, and nothing else.

const storages: Record<string, () => Storage> = {
  'in memory': () => createMemoryStorage(),
  'in a folder': () => createFolderStorage({ path: scratchDirectory() }),
};
const openStore = async (storage: Storage, codec: PackCodec): Promise<ObjectStore> => {
  const store = new ObjectStore({ storage, envelope: { repositoryId: 'ab'.repeat(16) }, codec, randomBytes });
  await store.reload([]);
  return store;
};

describe.each(Object.entries(storages))('objects that the index cannot tell apart, %s', (_, createStorage) => {
  test('are all stored, found under their own ids, and never taken for one another', async () => {
    const storage = createStorage();
    const codec = await createCollidingCodec(31);
    const objects = Array.from({ length: 40 }, (__, index) => Buffer.from(`object ${index}`));
    const byId = new Map(objects.map((bytes) => [codec.identity.identify(bytes), bytes]));
    const absent = Array.from({ length: 256 }, (__, last) => `${'07'.repeat(31)}${last.toString(16).padStart(2, '0')}`).filter((id) => !byId.has(id));
    const store = await openStore(storage, codec);
    for (const [id, bytes] of byId) {
      expect(store.has(id, 'data')).toBe(false);
      expect(await store.save(bytes, 'data')).toEqual({ id, added: true });
      await store.flush();
    }
    for (const each of [store, await openStore(storage, codec)]) {
      for (const [id, bytes] of byId) {
        expect(each.has(id, 'data')).toBe(true);
        expect(each.has(id, 'tree')).toBe(false);
        expect(Buffer.from(await each.load(id))).toEqual(bytes);
        expect(await each.save(bytes, 'data')).toEqual({ id, added: false });
      }
      for (const id of absent) {
        expect(each.has(id)).toBe(false);
        await expect(each.load(id)).rejects.toMatchObject({ code: 'object/missing' });
      }
    }
  });

  test('whatever is saved, asked for and stored in any order', async () => {
    const codec = await createCollidingCodec(8);
    const step = fc.record({ text: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', ''), kind: fc.constantFrom('data' as const, 'tree' as const), isFlushed: fc.boolean(), isReopened: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const storage = createStorage();
        const stored = new Set<string>();
        let store = await openStore(storage, codec);
        for (const { text, kind, isFlushed, isReopened } of steps) {
          const bytes = bytesOf(text, kind);
          const id = codec.identity.identify(bytes);
          expect(store.has(id, kind)).toBe(stored.has(`${kind} ${text}`));
          expect(await store.save(bytes, kind)).toEqual({ id, added: !stored.has(`${kind} ${text}`) });
          stored.add(`${kind} ${text}`);
          expect(Buffer.from(await store.load(id))).toEqual(bytes);
          if (isFlushed || isReopened) await store.flush();
          if (isReopened) store = await openStore(storage, codec);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Trees without references, so that the same texts can be stored as both kinds. */
function bytesOf(text: string, kind: ObjectKind): Buffer {
  return kind === 'data' ? Buffer.from(text) : Buffer.from(encodeTreeObject({ references: [], payload: Buffer.from(text) }));
}
