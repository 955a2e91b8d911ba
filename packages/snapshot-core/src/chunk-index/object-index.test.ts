import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { startPack, type BuiltPack } from '../../test/support/start-pack.ts';
import { createPackCodec } from '../pack/pack-codec.ts';
import { createFolderStorage } from '../storage/folder-storage.ts';
import { ObjectIndexView } from './object-index-view.ts';
import { ObjectIndex } from './object-index.ts';
import { ObjectSet } from './object-set.ts';

const codec = await createPackCodec({ repositoryId: 'ab'.repeat(16), hash: 'sha-256', compression: 'none' });
const idOf = (text: string): string => codec.identity.identify(Buffer.from(text));

function buildPack(kind: 'data' | 'tree', texts: string, salt: number): BuiltPack {
  const { builder, finish } = startPack(kind, new Uint8Array(16).fill(salt), codec);
  for (const text of texts) builder.add(idOf(text), Buffer.from(text));
  return finish();
}

/** Two packs of data that share `c`, and one of trees that has it too. */
async function makeWorld(isLocal: boolean) {
  const path = scratchDirectory();
  const storage = createFolderStorage({ path });
  const built = [buildPack('data', 'abc', 1), buildPack('data', 'cd', 2), buildPack('tree', 'ce', 3)];
  const index = new ObjectIndex({ opener: codec, localPath: isLocal ? path : undefined });
  for (const { manifest, parts } of built) {
    await storage.put('pack', manifest.name, parts);
    index.addPack(manifest);
  }
  return { path, storage, index, names: built.map(({ manifest }) => manifest.name), manifests: built.map(({ manifest }) => manifest) };
}

describe.each([['in a folder', true], ['elsewhere', false]])('an index of packs %s', (_, isLocal) => {
  test('finds copies by id, as text or bytes, and by kind', async () => {
    const { index, names } = await makeWorld(isLocal);
    for (const [text, holders] of [['a', [0]], ['c', [0, 1, 2]], ['e', [2]], ['z', []]] as const) {
      const copies = index.copiesOf(idOf(text));
      expect(copies.map(({ pack }) => pack.name).toSorted()).toEqual(holders.map((holder) => names[holder] ?? '').toSorted());
      expect(copies.map(({ object }) => object.id)).toEqual(holders.map(() => idOf(text)));
      expect(index.copiesOf(Buffer.from(idOf(text), 'hex'))).toEqual(copies);
      for (const kind of ['data', 'tree'] as const) expect(index.hasKept(idOf(text), kind)).toBe(copies.some(({ pack }) => pack.kind === kind));
    }
    for (const id of ['', 'zz', idOf('a').slice(2), `${idOf('a')}00`, 'x'.repeat(64)]) expect([index.hasKept(id), index.copiesOf(id)]).toEqual([false, []]);
  });

  test('what is condemned, distrusted or gone is not relied on, and is read last or not at all', async () => {
    const { index, names } = await makeWorld(isLocal);
    const nameOfFirst = () => index.copiesOf(idOf('d'))[0]?.pack.name;
    index.setCondemned([names[1] ?? '', 'unknown']);
    expect([index.hasKept(idOf('d')), index.hasKept(idOf('c'), 'data'), nameOfFirst()]).toEqual([false, true, names[1]]);
    expect(index.copiesOf(idOf('c')).at(-1)?.pack.name).toBe(names[1]);
    index.setCondemned([]);
    expect(index.hasKept(idOf('d'))).toBe(true);
    index.distrust(index.findPack(names[1] ?? '') ?? -1);
    expect([index.hasKept(idOf('d')), nameOfFirst()]).toEqual([false, names[1]]);
    index.removePack(index.findPack(names[1] ?? '') ?? -1);
    expect([index.findPack(names[1] ?? ''), nameOfFirst(), [...index.packs()].length]).toEqual([undefined, undefined, 2]);
    expect(index.copiesOf(idOf('c'))).toHaveLength(2);
  });

  test('a pack that is condemned before it is added is condemned when it comes, and one that comes back gets a place of its own', async () => {
    const { index, names, manifests } = await makeWorld(isLocal);
    const [first] = manifests;
    if (!first) throw new TypeError('no pack');
    const before = index.findPack(first.name) ?? -1;
    index.removePack(before);
    index.setCondemned([names[0] ?? '']);
    expect(index.addPack(first)).not.toBe(before);
    expect([index.hasKept(idOf('a')), index.copiesOf(idOf('a')).length]).toEqual([false, 1]);
    expect(index.addPack(first)).toBe(index.findPack(first.name));
  });

  test('sets of objects know identity and kind, stored or not', async () => {
    const { index, manifests } = await makeWorld(isLocal);
    const set = new ObjectSet(index);
    for (const text of ['c', 'z'])
      for (const kind of ['data', 'tree'] as const) {
        expect([set.has(idOf(text), kind), set.add(idOf(text), kind), set.add(idOf(text), kind), set.has(idOf(text), kind)]).toEqual([false, true, false, true]);
      }
    expect([set.has(idOf('a'), 'data'), set.copies.has(0, 2), set.copies.has(1, 0), set.copies.has(0, 0)]).toEqual([false, true, true, false]);
    const other = new ObjectSet(index);
    other.add(idOf('a'), 'data');
    other.addAll(set);
    for (const [text, isIn] of [['a', true], ['c', true], ['z', true], ['d', false]] as const) expect(other.has(idOf(text), 'data')).toBe(isIn);
    expect(manifests).toHaveLength(3);
  });
});

describe('an index of packs in a folder', () => {
  test('misses what is in a pack whose directory is damaged, until it is lent another', async () => {
    const { path, index, names, manifests } = await makeWorld(true);
    const earlier = index.handle();
    if (!earlier) throw new TypeError('no handle');
    const { generation } = index;
    const view = ObjectIndexView.attach(structuredClone(earlier), codec);
    const file = join(path, 'packs', names[1] ?? '');
    const bytes = readFileSync(file);
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect([index.hasKept(idOf('d')), index.hasKept(idOf('c'))]).toEqual([false, true]);
    expect(index.unreadablePacks.map(({ name }) => name)).toEqual([names[1]]);
    const [, lent] = manifests;
    if (lent) index.lendDirectory(index.findPack(lent.name) ?? -1, lent);
    expect([index.hasKept(idOf('d')), index.unreadablePacks]).toEqual([true, []]);
    // Other threads, too, once they are told.
    expect([index.generation > generation, view.hasKept(idOf('d'))]).toEqual([true, false]);
    const handle = index.handle();
    if (handle) view.follow(structuredClone(handle));
    expect(view.hasKept(idOf('d'))).toBe(true);
    expect(handle && ObjectIndexView.attach(handle, codec).hasKept(idOf('d'))).toBe(true);
  });

  test('is read by other threads through its handle, with what became of its packs', async () => {
    const { storage, index, names } = await makeWorld(true);
    const handle = index.handle();
    if (!handle) throw new TypeError('no handle');
    const view = ObjectIndexView.attach(structuredClone(handle), codec);
    expect([view.hasKept(idOf('d'), 'data'), view.hasKept(idOf('z'))]).toEqual([true, false]);
    index.setCondemned([names[1] ?? '']);
    expect([view.hasKept(idOf('d')), view.copiesOf(idOf('d')).length]).toEqual([false, 1]);
    const { generation } = index;
    for (let salt = 10; salt < 30; salt++) {
      const { manifest, parts } = buildPack('data', `${salt}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`.slice(1), salt);
      await storage.put('pack', manifest.name, parts);
      index.addPack(manifest);
    }
    expect(index.generation).toBeGreaterThan(generation);
    const grown = index.handle();
    if (grown) view.follow(grown);
    expect(view.copiesOf(idOf('Q'))).toHaveLength(20);
  });

  test('elsewhere there is no handle: other threads could not read its directories', async () => {
    expect((await makeWorld(false)).index.handle()).toBeUndefined();
  });
});
