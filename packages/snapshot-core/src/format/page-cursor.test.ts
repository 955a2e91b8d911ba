import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ObjectReference } from './object-reference.ts';
import { PageCursor, type PlainStats } from './page-cursor.ts';
import type { FileEntry } from './tree-entry.ts';
import { maxInlineReferences, writeTreeEntry } from './tree-entry-codec.ts';
import { encodeTreeObject, writeTreeObject } from './tree-object.ts';
import { encodeTreeNode } from './tree-payload.ts';

const fingerprint = new Uint8Array(16).fill(7);
const file: FileEntry = {
  type: 'file', name: Buffer.from([0x61, 0xff]), mode: 0o640, userId: 1_000, groupId: 100, linkCount: 1, size: 5_000_000_000,
  modifiedMicros: 1_700_000_000_123_456n, changedNanos: 1_763_812_345_678_901_234n, device: 65_026n, inode: 9_007_199_254_740_991n,
  torn: false, settled: true, sparse: false, attributes: { complete: true, list: [] },
  content: { level: 0, references: [
    { kind: 'data', id: '1'.repeat(64), lengthBytes: 4_000_000_000, cut: 'content', fingerprint, measure: 4_000_000_000 },
    { kind: 'data', id: '2'.repeat(64), lengthBytes: 1_000_000_000, cut: 'end', measure: 1_000_000_000 },
  ] },
};
/** What a plain `lstat` says of it: times in milliseconds, as doubles. */
const stats: PlainStats = {
  mode: 0o100_640, uid: 1_000, gid: 100, nlink: 1, size: 5_000_000_000, dev: 65_026, ino: 9_007_199_254_740_991,
  mtimeMs: 1_700_000_000 * 1_000 + 123_456_789 / 1e6, ctimeMs: 1_763_812_345 * 1_000 + 678_901_234 / 1e6,
};

const cursorOf = (entry: FileEntry) => new PageCursor(encodeTreeObject(encodeTreeNode({ type: 'page', entries: [entry] })), 'test');

describe('a file as it is stored', () => {
  test('is recognized by what a plain look says, name by its bytes', () => {
    expect(cursorOf(file).isSameFile(stats)).toBe(true);
    expect(['a\u00fe', 'a\u00ff', 'b'].map((name) => cursorOf(file).compareName(name))).toEqual([1, 0, -1]);
  });

  test.for<[string, Partial<PlainStats>]>([
    ['another inode', { ino: 9_007_199_254_740_990 }], ['another device', { dev: 65_027 }], ['another size', { size: 5_000_000_001 }],
    ['a change two microseconds later', { ctimeMs: stats.ctimeMs + 0.002 }], ['a change two microseconds earlier', { ctimeMs: stats.ctimeMs - 0.002 }],
    ['another time of modification', { mtimeMs: stats.mtimeMs + 0.003 }], ['other permissions', { mode: 0o100_644 }], ['another type', { mode: 0o120_640 }],
    ['another user', { uid: 0 }], ['another group', { gid: 0 }], ['a second name', { nlink: 2 }],
  ])('is not recognized with %s', ([, difference]) => {
    expect(cursorOf(file).isSameFile({ ...stats, ...difference })).toBe(false);
  });

  test.for<[string, Partial<FileEntry>]>([
    ['was torn', { torn: true }], ['had not settled', { settled: false }], ['has attributes that nobody could read', { attributes: { complete: false, list: [] } }],
    ['has a second name', { linkCount: 2 }],
  ])('is not recognized when it %s', ([, difference]) => {
    expect(cursorOf({ ...file, ...difference }).isSameFile({ ...stats, nlink: difference.linkCount ?? 1 })).toBe(false);
  });

  test('is not recognized by an inode that a number cannot tell from its neighbour', () => {
    const inode = 2n ** 53n + 1n;
    expect(cursorOf({ ...file, inode }).isSameFile({ ...stats, ino: Number(inode) })).toBe(false);
  });

  test('is recognized at every time that a file can have', () => {
    fc.assert(fc.property(fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), fc.nat(999_999_999), fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), fc.nat(999_999_999), (modified, modifiedNanos, changed, changedNanos) => {
      const entry = { ...file, modifiedMicros: BigInt(modified) * 1_000_000n + BigInt(Math.floor(modifiedNanos / 1_000)), changedNanos: BigInt(changed) * 1_000_000_000n + BigInt(changedNanos) };
      return cursorOf(entry).isSameFile({ ...stats, mtimeMs: modified * 1_000 + modifiedNanos / 1e6, ctimeMs: changed * 1_000 + changedNanos / 1e6 });
    }));
  });

  test('tells its content, and whether it has extended attributes', () => {
    const content: [string, number][] = [];
    expect(cursorOf(file).everyContent((id, lengthBytes) => content.push([id[0] ?? '', lengthBytes]) > 0)).toBe(true);
    expect(content).toEqual([['1', 4_000_000_000], ['2', 1_000_000_000]]);
    expect(cursorOf(file).everyContent((id) => id.startsWith('1'))).toBe(false);
    const list = [{ name: Buffer.from('user.a'), value: Buffer.from('b') }];
    expect([cursorOf(file).hasAttributes, cursorOf({ ...file, attributes: { complete: true, list } }).hasAttributes]).toEqual([false, true]);
  });

  describe('of which some bytes were spoiled', () => {
    const list = [{ name: Buffer.from('user.a'), value: Buffer.from('b') }, { name: Buffer.from('user.c'), value: Buffer.from('d') }];
    const encode = (entry: FileEntry) => Buffer.from(encodeTreeObject(encodeTreeNode({ type: 'page', entries: [entry] })));
    const plain = encode(file);
    const withAttributes = encode({ ...file, attributes: { complete: true, list } });
    const entryAt = (page: Buffer) => page.length - page.readUInt32LE(12) + 6;
    const isRecognized = (page: Buffer, look = stats) => {
      try {
        return new PageCursor(page, 'test').isSameFile(look);
      } catch (error) {
        if (SnapshotError.isInstance(error)) return false;
        throw error;
      }
    };

    test.for<[string, Buffer, (page: Buffer) => void, Partial<PlainStats>]>([
      ['its mode has bits of a type', plain, (page) => page.writeUInt16LE(0o100_640, entryAt(page) + 2), {}],
      ['its mode has bits of a symlink', plain, (page) => page.writeUInt16LE(0o020_640, entryAt(page) + 2), { mode: 0o120_640 }],
      ['its attributes are not sorted', withAttributes, (page) => page.write('z', page.indexOf('user.a') + 5), {}],
      ['an attribute has a NUL in its name', withAttributes, (page) => page.writeUInt8(0, page.indexOf('user.c') + 5), {}],
      ['a reference has an unknown cut', plain, (page) => page.writeUInt8(9, 16 + 40 + 37), {}],
      ['a reference stands for nothing', plain, (page) => {
        page.writeUInt32LE(0, 16 + 40 + 32);
        page.writeBigUInt64LE(4_000_000_000n, entryAt(page) + 48);
      }, { size: 4_000_000_000 }],
    ])('is not recognized when %s', ([, page, spoil, difference]) => {
      const spoiled = Buffer.from(page);
      spoil(spoiled);
      expect(isRecognized(page)).toBe(true);
      expect(spoiled.equals(page)).toBe(false);
      expect(isRecognized(spoiled, { ...stats, ...difference })).toBe(false);
    });

    test('is not recognized when it has more references than an entry may have', () => {
      const pageWith = (count: number) => {
        const written: ObjectReference[] = [];
        const payload = new ByteWriter().u8(1).u8(2).u32(1);
        writeTreeEntry(payload, written, { ...file, size: count, content: { level: 0, references: Array.from({ length: count }, () => ({ kind: 'data', id: '1'.repeat(64), lengthBytes: 1, cut: 'end', measure: 1 })) } });
        return Buffer.from(writeTreeObject({ references: written, payload: payload.finish() }));
      };
      expect([maxInlineReferences, maxInlineReferences + 1].map((count) => isRecognized(pageWith(count), { ...stats, size: count }))).toEqual([true, false]);
    });

    test('can be decoded if it is recognized', () => {
      const change = fc.record({ at: fc.nat(400), value: fc.oneof(fc.nat(3), fc.nat(255)) });
      fc.assert(fc.property(fc.constantFrom(plain, withAttributes), fc.array(change, { minLength: 1, maxLength: 3 }), (page, changes) => {
        const spoiled = Buffer.from(page);
        for (const { at, value } of changes) spoiled[at % spoiled.length] = value;
        // Only an entry whose name was found among those of a directory is asked whether it is the same.
        if (!isRecognized(spoiled) || new PageCursor(spoiled, 'test').compareName('a\u00ff') !== 0) return true;
        const cursor = new PageCursor(spoiled, 'test');
        return cursor.entryAt(cursor.place).type === 'file';
      }), { numRuns: 3_000 });
    });
  });

  test('comes back whole, fingerprints included', () => {
    const cursor = cursorOf(file);
    expect(encodeTreeNode({ type: 'page', entries: [cursor.entryAt(cursor.place) as FileEntry] })).toEqual(encodeTreeNode({ type: 'page', entries: [file] }));
    expect(cursor.equals(file)).toBe(true);
    const [first, second] = file.content.references;
    if (first === undefined || second === undefined) throw new TypeError('the sample has two references');
    expect(cursor.equals({ ...file, content: { level: 0, references: [{ ...first, fingerprint: Buffer.alloc(16, 8) }, second] } })).toBe(false);
  });
});
