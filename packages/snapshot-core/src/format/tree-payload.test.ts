import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { TreeEntry } from './tree-entry.ts';
import { decodeTreeNode, encodeTreeNode } from './tree-payload.ts';
import type { TreeNode } from './tree-payload.ts';

const id = (digit: string) => digit.repeat(64);
const facts = { mode: 0o4755, userId: 1000, groupId: 0xffff_ffff, modifiedMicros: -1n, changedNanos: 1_700_000_000_123_456_789n, device: 0xffff_ffff_ffff_ffffn, inode: 7n, linkCount: 2 };
const file: TreeEntry = {
  type: 'file', ...facts, name: Buffer.from('a'), size: 5, torn: true, settled: false,
  content: { level: 0, references: [{ kind: 'data', id: id('1'), lengthBytes: 5, cut: 'end', measure: 5 }] },
};
const large: TreeEntry = { ...file, name: Buffer.from('b'), size: 700, content: { level: 1, references: [{ kind: 'tree', id: id('2'), lengthBytes: 90, cut: 'end', measure: 700 }] } };
const directory: TreeEntry = { type: 'directory', ...facts, name: Buffer.from([0xff]), size: 3, content: { level: 0, references: [{ kind: 'tree', id: id('3'), lengthBytes: 99, cut: 'end', measure: 3 }] } };
const symlink: TreeEntry = { type: 'symlink', ...facts, name: Buffer.from('s'), size: 2, target: Buffer.from('..') };
const unread: TreeEntry = { type: 'unread', ...facts, name: Buffer.from('z'), size: 0, reason: 'permission' };
const page: TreeNode = { type: 'page', entries: [file, large, symlink, unread, directory] };
const list: TreeNode = { type: 'list', leafKind: 'data', level: 2, references: [{ kind: 'tree', id: id('4'), lengthBytes: 80, cut: 'end', measure: 1_000 }] };
const root: TreeNode = { type: 'root', entry: { ...directory, name: new Uint8Array(0) } };

test('the bytes of a page are golden: whoever changes them makes a new version', () => {
  const { payload, references } = encodeTreeNode(page);
  expect(references.map((reference) => reference.id[0])).toEqual(['1', '2', '3']);
  expect(Buffer.from(payload).toString('hex')).toBe(goldenPage);
  expect(Buffer.from(encodeTreeNode(list).payload).toString('hex')).toBe('0103000201000000e803000000000000');
});

test.each([page, list, root])('a node survives its own encoding', (node) => {
  expect(encodeTreeNode(decodeTreeNode(encodeTreeNode(node), 'test'))).toEqual(encodeTreeNode(node));
});

function pageOf(...entries: TreeEntry[]): TreeNode {
  return { type: 'page', entries };
}

test.each([
  ['a name that climbs', pageOf({ ...symlink, name: Buffer.from('..') })],
  ['a name with a slash', pageOf({ ...symlink, name: Buffer.from('a/b') })],
  ['a name with NUL', pageOf({ ...symlink, name: Buffer.from('a\0') })],
  ['an empty name', pageOf({ ...symlink, name: new Uint8Array(0) })],
  ['a root with a name', { type: 'root', entry: directory } as const],
  ['names out of order', pageOf(symlink, file)],
  ['the same name twice', pageOf(file, file)],
  ['an empty symlink target', pageOf({ ...symlink, size: 0, target: new Uint8Array(0) })],
  ['a size that is not its content', pageOf({ ...file, size: 6 })],
  ['a mode out of range', pageOf({ ...file, mode: 0o10000 })],
  ['data where a list is due', pageOf({ ...large, content: { level: 1, references: [{ kind: 'data', id: id('1'), lengthBytes: 90, cut: 'end', measure: 700 }] } })],
])('refuses %s', (_, node) => {
  expect(() => decodeTreeNode(encodeTreeNode(node), 'test')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test('a newer version is refused by name', () => {
  const { payload, references } = encodeTreeNode(page);
  payload[0] = 2;
  expect(() => decodeTreeNode({ payload, references }, 'test')).toThrow(expect.objectContaining({ code: 'format/unsupported' }));
});

test('references nobody names are refused', () => {
  const { payload, references } = encodeTreeNode(page);
  expect(() => decodeTreeNode({ payload, references: [...references, ...references.slice(0, 1)] }, 'test')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test('damaged bytes are refused or decode to themselves, and nothing else happens', () => {
  const damage = fc.record({ node: fc.constantFrom(page, list, root), cut: fc.nat(400), flips: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), tail: fc.uint8Array({ maxLength: 8 }) });
  fc.assert(fc.property(damage, ({ node, cut, flips, tail }) => {
    const { payload, references } = encodeTreeNode(node);
    const bytes = Buffer.concat([payload.subarray(0, cut > 300 ? payload.length : cut), tail]);
    for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
    expectSuspicion(bytes, references);
  }), { numRuns: 2_000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => expectSuspicion(Buffer.from([1, ...bytes]), [])), { numRuns: 2_000 });
});

function expectSuspicion(payload: Uint8Array, references: Parameters<typeof decodeTreeNode>[0]['references']): void {
  expect(['format/damaged', 'format/unsupported', Buffer.from(payload).toString('hex')]).toContain(reencode(payload, references));
}

/** The bytes that the decoded node encodes to, or the code of the refusal. */
function reencode(payload: Uint8Array, references: Parameters<typeof decodeTreeNode>[0]['references']): string {
  try {
    return Buffer.from(encodeTreeNode(decodeTreeNode({ payload, references }, 'test')).payload).toString('hex');
  } catch (error) {
    if (!SnapshotError.isInstance(error)) throw error;
    return error.code;
  }
}

// Written by hand from the drawing in the codec: version, type, count; then per entry type, flags, common facts, size, name, body.
const common = ['ed09', 'e8030000', 'ffffffff', '02000000', 'ffffffffffffffff', '15cd853dfe9c9717', 'ffffffffffffffff', '0700000000000000'].join('');
const goldenPage = ['0102', '05000000',
  '0101', common, '0500000000000000', '0100', '61', '0001',
  '0101', common, 'bc02000000000000', '0100', '62', '0101', 'bc02000000000000',
  '0300', common, '0200000000000000', '0100', '73', '0200', '2e2e',
  '0400', common, '0000000000000000', '0100', '7a', '02',
  '0200', common, '0300000000000000', '0100', 'ff', '0001', '0300000000000000'].join('');
