import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededBytes } from '../../test/lent-machine.ts';
import { PackTable } from './pack-table.ts';
import { SharedIndex, SharedIndexView } from './shared-index.ts';

const seed = createSeededBytes('shared index');
const allPresent = { hasRemoved: false, isPresent: () => true };
const locationsOf = (index: SharedIndexView, id: Uint8Array): string[] => {
  const found: string[] = [];
  index.visit(id, (packOrdinal, objectOrdinal) => {
    found.push(`${packOrdinal} ${objectOrdinal}`);
    return false;
  });
  return found.toSorted();
};

/** Ids that are random, or agree with many others in their first bytes or in all but one byte, or start with zeros. */
const id = fc.oneof(
  fc.tuple(fc.nat(12), fc.nat(255)).map(([at, byte]) => new Uint8Array(32).fill(9).fill(byte, at, at + 1)),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.tuple(fc.constantFrom(0, 1, 255), fc.integer({ min: 0, max: 12 }), fc.nat(5)).map(([fill, prefix, last]) => new Uint8Array(32).fill(fill, 0, prefix).fill(last, prefix)),
);
const insertion = fc.record({ id, pack: fc.oneof(fc.nat(3), fc.nat(2 ** 24 - 1)), object: fc.oneof(fc.nat(3), fc.nat(2 ** 20 - 1)) });

describe('SharedIndex', () => {
  test('finds every entry under its id, and gives no other id as surely as 52 bits tell', () => {
    fc.assert(
      fc.property(fc.array(insertion, { maxLength: 300 }), (insertions) => {
        const index = new SharedIndex(allPresent);
        const model = new Map<string, string[]>();
        for (const { id, pack, object } of insertions) {
          index.insert(id, pack, object);
          const key = Buffer.from(id).toString('hex');
          model.set(key, [...(model.get(key) ?? []), `${pack} ${object}`]);
        }
        for (const [key, expected] of model) {
          const found = locationsOf(index, Buffer.from(key, 'hex'));
          const alike = [...model].filter(([other]) => sameTag(other, key)).flatMap(([, locations]) => locations);
          expect(found).toEqual(alike.toSorted());
          expect(found).toEqual(expect.arrayContaining(expected));
        }
        expect(index.entryCount).toBe(insertions.length);
      }),
    );
  });

  test('grows through many sizes at no more than 20 bytes an entry, packs of large chunks included, and loses nothing', () => {
    const packs = new PackTable();
    const index = new SharedIndex(packs);
    const all = seed(32 * 90_000);
    const idAt = (at: number) => all.subarray(32 * at, 32 * at + 32);
    let worst = 0;
    let worstWithPacks = 0;
    for (let at = 0; at < 90_000; at++) {
      if (at % 64 === 0) packs.add({ name: Buffer.from(idAt(at)).toString('hex'), kind: 'data', fileBytes: 1, directoryBytes: 1, objectCount: 64 });
      index.insert(idAt(at), at >> 6, at & 63);
      if (at > 3_000) worst = Math.max(worst, index.sizeBytes / (at + 1));
      if (at > 70_000) worstWithPacks = Math.max(worstWithPacks, (index.sizeBytes + packs.sizeBytes) / (at + 1));
    }
    expect(worst).toBeLessThan(19.2);
    expect(worst).toBeGreaterThan(17);
    expect(worstWithPacks).toBeLessThan(20);
    const lost = Array.from({ length: 90_000 }, (_, at) => at).filter((at) => !locationsOf(index, idAt(at)).includes(`${at >> 6} ${at & 63}`));
    expect(lost).toEqual([]);
  });

  test('one segment grows at a time, so that growing costs little more for a moment', () => {
    const index = new SharedIndex(allPresent);
    let before = index.handle().segments;
    let most = 0;
    for (let count = 1; count <= 20_000; count++) {
      index.insert(seed(32), 0, 0);
      const after = index.handle().segments;
      const replaced = before.filter((segment, ordinal) => segment !== after[ordinal]);
      expect(replaced.length).toBeLessThanOrEqual(1);
      if (count > 10_000) most = Math.max(most, replaced.reduce((sum, { byteLength }) => sum + byteLength, 0) / index.sizeBytes);
      before = after;
    }
    expect(most).toBeLessThan(0.03);
  });

  test('entries of packs that are gone leave when their segment grows', () => {
    const gone = new Set<number>();
    const index = new SharedIndex({ hasRemoved: true, isPresent: (packOrdinal) => !gone.has(packOrdinal) });
    for (let count = 0; count < 30_000; count++) index.insert(seed(32), count % 10, 0);
    for (let ordinal = 0; ordinal < 9; ordinal++) gone.add(ordinal);
    const { sizeBytes } = index;
    for (let count = 0; count < 30_000; count++) index.insert(seed(32), 9, 0);
    expect(index.sizeBytes).toBeLessThan(sizeBytes * 1.2);
    expect(index.entryCount).toBeLessThan(40_000);
  });

  test('an old view misses what came later, and finds it once it has followed', () => {
    const index = new SharedIndex(allPresent);
    const early = Array.from({ length: 500 }, () => seed(32));
    for (const [at, bytes] of early.entries()) index.insert(bytes, 1, at);
    const view = SharedIndexView.attach(index.handle());
    const { generation } = index;
    const late = Array.from({ length: 5_000 }, () => seed(32));
    for (const [at, bytes] of late.entries()) index.insert(bytes, 2, at);
    expect(index.generation).toBeGreaterThan(generation);
    for (const [at, bytes] of early.entries()) expect(locationsOf(view, bytes)).toEqual([`1 ${at}`]);
    expect(late.some((bytes) => locationsOf(view, bytes).length === 0)).toBe(true);
    view.follow(index.handle());
    for (const [at, bytes] of late.entries()) expect(locationsOf(view, bytes)).toEqual([`2 ${at}`]);
  });

  test('refuses ordinals that do not fit', () => {
    const index = new SharedIndex(allPresent);
    for (const [pack, object] of [[2 ** 24, 0], [0, 2 ** 20]] as const) expect(() => index.insert(seed(32), pack, object)).toThrow(expect.objectContaining({ code: 'format/unsupported' }));
    expect(index.entryCount).toBe(0);
  });
});

/** The 52 bits of the tag and the six of the segment; a first word of zeros counts as 1. */
function sameTag(a: string, b: string): boolean {
  const tag = (hex: string) => `${hex.startsWith('00000000') ? '01000000' : hex.slice(0, 8)}${hex.slice(8, 12)}${hex.slice(13, 14)}${Number.parseInt(hex.slice(14, 16), 16) & 63}`;
  return tag(a) === tag(b);
}
