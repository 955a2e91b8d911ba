import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectReference } from './object-reference.ts';
import { PayloadReader } from './payload-reader.ts';
import { PayloadWriter } from './payload-writer.ts';
import type { ContentReference, TreeEntry } from './tree-entry.ts';
import { maxContentLevel, readContentReference, readTreeEntry, writeTreeEntry } from './tree-entry-codec.ts';
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
  const writer = new PayloadWriter();
  const references: ObjectReference[] = [];
  writer.byte(payloadVersion);
  writer.byte(typeCodes[node.type]);
  if (node.type === 'root') writeTreeEntry(writer, references, node.entry);
  else if (node.type === 'page') {
    writer.uint32(node.entries.length);
    for (const entry of node.entries) writeTreeEntry(writer, references, entry);
  } else {
    writer.byte(node.leafKind === 'data' ? 0 : 1);
    writer.byte(node.level);
    writer.uint32(node.references.length);
    for (const { measure, kind, id, lengthBytes, cut } of node.references) {
      if (node.leafKind === 'tree' || node.level > 1) writer.uint64(measure);
      references.push({ kind, id, lengthBytes, cut });
    }
  }
  return { references, payload: writer.finish() };
}

/**
 * Decodes a node from bytes nobody vouches for. Bounded: never reads past the end, never allocates by a stored count.
 *
 * @throws {SnapshotError} `format/unsupported` for a newer version, `format/damaged` for everything else that is not exactly
 *   what `encodeTreeNode` writes
 */
export function decodeTreeNode(object: TreeObject, what: string): TreeNode {
  const reader = new PayloadReader(object.payload, what);
  let taken = 0;
  const takeReference = () => object.references[taken++] ?? reader.fail('more references are named than there are');
  const version = reader.byte();
  if (version !== payloadVersion)
    throw new SnapshotError('format/unsupported', `${what}: payload version ${version} is not known; use a newer release`);
  const node = readNode(reader, takeReference);
  reader.end();
  if (taken !== object.references.length) reader.fail(`${object.references.length - taken} references are not named`);
  return node;
}

function readNode(reader: PayloadReader, takeReference: () => ObjectReference): TreeNode {
  const type = reader.byte();
  if (type === typeCodes.root) return { type: 'root', entry: readTreeEntry(reader, takeReference, true) };
  if (type === typeCodes.page) {
    const count = reader.uint32();
    const entries: TreeEntry[] = [];
    while (entries.length < count) {
      const entry = readTreeEntry(reader, takeReference, false);
      const previous = entries.at(-1);
      if (previous !== undefined && Buffer.compare(previous.name, entry.name) >= 0) reader.fail('names are not sorted');
      entries.push(entry);
    }
    return { type: 'page', entries };
  }
  if (type !== typeCodes.list) return reader.fail(`unknown node type ${type}`);
  const leafCode = reader.byte();
  const level = reader.byte();
  if (leafCode > 1 || level < 1 || level > maxContentLevel) reader.fail(`list of kind ${leafCode} at level ${level} is not known`);
  const leafKind = leafCode === 0 ? 'data' : 'tree';
  const count = reader.uint32();
  const references: ContentReference[] = [];
  while (references.length < count) references.push(readContentReference(reader, takeReference, leafKind, level - 1));
  return { type: 'list', leafKind, level, references };
}
