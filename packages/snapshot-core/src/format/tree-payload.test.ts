import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { attributeLimits } from './extended-attribute.ts';
import type { EntryAttributes, ExtendedAttribute } from './extended-attribute.ts';
import type { TreeEntry } from './tree-entry.ts';
import { decodeTreeNode, encodeTreeNode } from './tree-payload.ts';
import type { TreeNode } from './tree-payload.ts';

const id = (digit: string) => digit.repeat(64);
const facts = { mode: 0o4755, userId: 1000, groupId: 0xffff_ffff, modifiedMicros: -1n, changedNanos: 1_700_000_000_123_456_789n, device: 0xffff_ffff_ffff_ffffn, inode: 7n, linkCount: 2 };
const file: TreeEntry = {
  type: 'file', ...facts, name: Buffer.from('a'), size: 5, torn: true, settled: false, sparse: true,
  attributes: { complete: true, list: [{ name: Buffer.from('user.a'), value: Buffer.from([0, 0xff]) }, { name: Buffer.from('user.b'), value: Buffer.alloc(0) }] },
  content: { level: 0, references: [{ kind: 'data', id: id('1'), lengthBytes: 5, cut: 'end', measure: 5 }] },
};
const large: TreeEntry = { type: 'file', ...facts, name: Buffer.from('b'), size: 700, torn: true, settled: false, sparse: false, content: { level: 1, references: [{ kind: 'tree', id: id('2'), lengthBytes: 90, cut: 'end', measure: 700 }] } };
const directory: TreeEntry = { type: 'directory', ...facts, attributes: { complete: true, list: [] }, name: Buffer.from([0xff]), size: 3, content: { level: 0, references: [{ kind: 'tree', id: id('3'), lengthBytes: 99, cut: 'end', measure: 3 }] } };
const symlink: TreeEntry = { type: 'symlink', ...facts, attributes: { complete: false, list: [{ name: Buffer.from('security.x'), value: Buffer.from('y') }] }, name: Buffer.from('s'), size: 2, target: Buffer.from('..') };
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

test('what a repair leaves is told by one flag and one reason', () => {
  const bytesOf = (entry: TreeEntry) => [...encodeTreeNode(pageOf(entry)).payload];
  const differences = (left: number[], right: number[]) => right.map((byte, at) => byte - (left[at] ?? 0)).filter((difference) => difference !== 0);
  expect(bytesOf({ ...unread, reason: 'damaged' }).at(-1)).toBe(9);
  expect(differences(bytesOf(directory), bytesOf({ ...directory, incomplete: true }))).toEqual([32]);
  const decoded = decodeTreeNode(encodeTreeNode(pageOf({ ...directory, incomplete: true })), 'test');
  expect(decoded).toMatchObject({ entries: [{ type: 'directory', incomplete: true }] });
  const onFile = encodeTreeNode(pageOf(file));
  // After version, type of node, count and type of entry.
  onFile.payload[7] = 32;
  expect(() => decodeTreeNode(onFile, 'test')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test.each([page, list, root])('a node survives its own encoding', (node) => {
  expect(encodeTreeNode(decodeTreeNode(encodeTreeNode(node), 'test'))).toEqual(encodeTreeNode(node));
});

function pageOf(...entries: TreeEntry[]): TreeNode {
  return { type: 'page', entries };
}

function attributesOf(...names: string[]): EntryAttributes {
  return { complete: true, list: names.map((name) => ({ name: Buffer.from(name), value: Buffer.alloc(0) })) };
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
  ['attributes out of order', pageOf({ ...symlink, attributes: attributesOf('user.b', 'user.a') })],
  ['the same attribute twice', pageOf({ ...symlink, attributes: attributesOf('user.a', 'user.a') })],
  ['data where a list is due', pageOf({ ...large, content: { level: 1, references: [{ kind: 'data', id: id('1'), lengthBytes: 90, cut: 'end', measure: 700 }] } })],
])('refuses %s', (_, node) => {
  expect(() => decodeTreeNode(encodeTreeNode(node), 'test')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

const attribute: fc.Arbitrary<ExtendedAttribute> = fc.record({
  name: fc.oneof({ arbitrary: fc.uint8Array({ min: 1, minLength: 1, maxLength: 8 }), weight: 4 }, fc.constantFrom(new Uint8Array(255).fill(0x78))),
  value: fc.oneof({ arbitrary: fc.uint8Array({ maxLength: 20 }), weight: 9 }, fc.constantFrom(new Uint8Array(65_535), new Uint8Array(65_536))),
});
const attributesArbitrary = fc.option(fc.record({
  complete: fc.boolean(),
  list: fc.uniqueArray(attribute, { maxLength: 5, selector: ({ name }) => Buffer.from(name).toString('hex') })
    .map((list) => list.toSorted((left, right) => Buffer.compare(left.name, right.name)))
    .filter((list) => list.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <= attributeLimits.totalBytes),
}), { nil: undefined });

test('whatever attributes and flags an entry has come back, and an empty list is not the same as not knowing', () => {
  fc.assert(fc.property(fc.constantFrom<TreeEntry>(file, large, symlink, directory), fc.boolean(), fc.boolean(), fc.boolean(), attributesArbitrary, (sample, torn, settled, sparse, attributes) => {
    const entry = { ...sample, ...(sample.type === 'file' && { torn, settled, sparse }), attributes } as TreeEntry;
    const decoded = decodeTreeNode(encodeTreeNode(pageOf(entry)), 'test');
    const [back] = decoded.type === 'page' ? decoded.entries : [];
    const nothingKnown = attributes === undefined || (!attributes.complete && attributes.list.length === 0);
    expect(inHex(back)).toEqual(inHex({ ...entry, ...(nothingKnown && { attributes: undefined }) }));
  }));
});

/** Arrays of bytes compare by what they hold, of whatever class they are. */
function inHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(inHex);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inHex(part)])) : value;
}

const badAttributes = [
  ['no name', { name: new Uint8Array(0), value: new Uint8Array(0) }],
  ['NUL in its name', { name: Buffer.from('user.\0'), value: new Uint8Array(0) }],
  ['a value too long', { name: Buffer.from('user.a'), value: new Uint8Array(65_537) }],
] as const;

test.each([['a name too long', { name: new Uint8Array(256).fill(1), value: new Uint8Array(0) }] as const, ...badAttributes])('an attribute with %s cannot be stored', (_, bad) => {
  expect(() => encodeTreeNode(pageOf({ ...symlink, attributes: { complete: true, list: [bad] } }))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});

test.each(badAttributes)('a stored attribute with %s is refused', (_, bad) => {
  const { payload, references } = encodeTreeNode(pageOf({ ...symlink, attributes: attributesOf('user.x') }));
  const at = Buffer.from(payload).indexOf(Buffer.from([6, ...Buffer.from('user.x')]));
  const stored = Buffer.concat([payload.subarray(0, at), Buffer.from([bad.name.length]), bad.name, u32(bad.value.length), bad.value, payload.subarray(at + 11)]);
  expect(() => decodeTreeNode({ payload: stored, references }, 'test')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test('attributes that are too long together are refused', () => {
  const value = new Uint8Array(65_536);
  const list = ['a', 'b'].map((name) => ({ name: Buffer.from(name), value }));
  expect(() => encodeTreeNode(pageOf({ ...symlink, attributes: { complete: true, list } }))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

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

// Written by hand from the drawing in the codec: version, type, count; then per entry type, flags, common facts, size, name, attributes, body.
const common = ['ed09', 'e8030000', 'ffffffff', '02000000', 'ffffffffffffffff', '15cd853dfe9c9717', 'ffffffffffffffff', '0700000000000000'].join('');
const goldenPage = ['0102', '05000000',
  '011d', common, '0500000000000000', '0100', '61', '0200', '06', '757365722e61', '02000000', '00ff', '06', '757365722e62', '00000000', '0001',
  '0101', common, 'bc02000000000000', '0100', '62', '0101', 'bc02000000000000',
  '0310', common, '0200000000000000', '0100', '73', '0100', '0a', '73656375726974792e78', '01000000', '79', '0200', '2e2e',
  '0400', common, '0000000000000000', '0100', '7a', '02',
  '0208', common, '0300000000000000', '0100', 'ff', '0001', '0300000000000000'].join('');
