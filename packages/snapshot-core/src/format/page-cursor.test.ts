import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PageCursor, type PlainStats } from './page-cursor.ts';
import type { FileEntry } from './tree-entry.ts';
import { encodeTreeObject } from './tree-object.ts';
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

  test('comes back whole, fingerprints included', () => {
    const cursor = cursorOf(file);
    expect(encodeTreeNode({ type: 'page', entries: [cursor.entryAt(cursor.place) as FileEntry] })).toEqual(encodeTreeNode({ type: 'page', entries: [file] }));
    expect(cursor.equals(file)).toBe(true);
    const [first, second] = file.content.references;
    if (first === undefined || second === undefined) throw new TypeError('the sample has two references');
    expect(cursor.equals({ ...file, content: { level: 0, references: [{ ...first, fingerprint: Buffer.alloc(16, 8) }, second] } })).toBe(false);
  });
});
