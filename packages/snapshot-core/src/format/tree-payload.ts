import { SnapshotError } from '../errors/snapshot-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { ObjectReference } from './object-reference.ts';
import type { ContentReference, TreeEntry } from './tree-entry.ts';
import { maxContentLevel, readContentReference, readTreeEntry, refuse, writeTreeEntry } from './tree-entry-codec.ts';
import type { TreeObject } from './tree-object.ts';

/**
 * What a tree object holds, by the first two bytes of its payload: version (1), then the node's type.
 *
 * `root` (1): one entry without a name, the whole tree or image. `page` (2): entries of a directory, sorted bytewise, count u32 first.
 * `list` (3): references of one content one level below: leaf kind u8 (0 data, 1 tree), level u8 (the level of the list's own
 * place, at least 1), count u32, then one measure u64 each unless they are data objects.
 */
export type TreeNode =
  | { readonly type: 'root'; readonly entry: TreeEntry }
  | { readonly type: 'page'; readonly entries: readonly TreeEntry[] }
  | { readonly type: 'list'; readonly leafKind: 'data' | 'tree'; readonly level: number; readonly references: readonly ContentReference[] };

const payloadVersion = 1;
const typeCodes = { root: 1, page: 2, list: 3 } as const;

/** Encodes a node; its references are in the order in which they appear. */
export function encodeTreeNode(node: TreeNode): TreeObject {
  const writer = new ByteWriter();
  const references: ObjectReference[] = [];
  writer.u8(payloadVersion);
  writer.u8(typeCodes[node.type]);
  if (node.type === 'root') writeTreeEntry(writer, references, node.entry);
  else if (node.type === 'page') {
    writer.u32(node.entries.length);
    for (const entry of node.entries) writeTreeEntry(writer, references, entry);
  } else {
    writer.u8(node.leafKind === 'data' ? 0 : 1);
    writer.u8(node.level);
    writer.u32(node.references.length);
    for (const reference of node.references) {
      if (node.leafKind === 'tree' || node.level > 1) writer.u64(reference.measure);
      references.push(reference);
    }
  }
  return { references, payload: writer.finish() };
}

/** The payload of a list of chunks, which says no more than how many they are. */
export function dataListPayload(count: number): Uint8Array {
  return new ByteWriter().u8(payloadVersion).u8(typeCodes.list).u8(0).u8(1).u32(count).finish();
}

/**
 * Decodes a node from bytes nobody vouches for. Bounded: never reads past the end, never allocates by a stored count.
 *
 * @throws {SnapshotError} `format/unsupported` for a newer version, `format/damaged` for everything else that is not exactly
 *   what `encodeTreeNode` writes
 */
export function decodeTreeNode(object: TreeObject, what: string): TreeNode {
  const reader = new ByteReader(object.payload, what);
  let taken = 0;
  const takeReference = () => object.references[taken++] ?? refuse(reader, 'more references are named than there are');
  const version = reader.u8();
  if (version !== payloadVersion)
    throw new SnapshotError('format/unsupported', `${what}: payload version ${version} is not known; use a newer release`);
  const node = readNode(reader, takeReference);
  reader.finish();
  if (taken !== object.references.length) refuse(reader, `${object.references.length - taken} references are not named`);
  return node;
}

function readNode(reader: ByteReader, takeReference: () => ObjectReference): TreeNode {
  const type = reader.u8();
  if (type === typeCodes.root) return { type: 'root', entry: readTreeEntry(reader, takeReference, true) };
  if (type === typeCodes.page) {
    const count = reader.u32();
    const entries: TreeEntry[] = [];
    while (entries.length < count) {
      const entry = readTreeEntry(reader, takeReference, false);
      const previous = entries.at(-1);
      if (previous !== undefined && Buffer.compare(previous.name, entry.name) >= 0) refuse(reader, 'names are not sorted');
      entries.push(entry);
    }
    return { type: 'page', entries };
  }
  if (type !== typeCodes.list) return refuse(reader, `unknown node type ${type}`);
  const leafCode = reader.u8();
  const level = reader.u8();
  if (leafCode > 1 || level < 1 || level > maxContentLevel) refuse(reader, `list of kind ${leafCode} at level ${level} is not known`);
  const leafKind = leafCode === 0 ? 'data' : 'tree';
  const count = reader.u32();
  const references: ContentReference[] = [];
  while (references.length < count) references.push(readContentReference(reader, takeReference, leafKind, level - 1));
  return { type: 'list', leafKind, level, references };
}
