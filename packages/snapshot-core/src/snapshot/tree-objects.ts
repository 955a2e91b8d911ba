import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeStoredNode, encodeStoredNode } from '../format/stored-tree-node.ts';
import type { ContentReference, TreeEntry } from '../format/tree-entry.ts';
import type { TreeNode } from '../format/tree-payload.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';

/** Where a saved object went. */
export interface SavedNode {
  readonly id: string;
  readonly lengthBytes: number;
  readonly added: boolean;
}

/** Encodes and saves a node; everything it refers to must be saved already. */
export async function saveTreeNode(objects: ObjectPort, node: TreeNode, options: CallOptions): Promise<SavedNode> {
  const bytes = encodeStoredNode(node);
  return { ...(await objects.save(bytes, 'tree', options)), lengthBytes: bytes.length };
}

/** Loads the node behind a reference. @throws {SnapshotError} `format/damaged` when its length is not the one referred to */
export async function loadTreeNode(objects: ObjectPort, reference: Pick<ContentReference, 'id' | 'lengthBytes'>, options: CallOptions): Promise<TreeNode> {
  const bytes = await objects.load(reference.id, options);
  if (bytes.length !== reference.lengthBytes)
    throw new SnapshotError('format/damaged', `tree object ${reference.id} has ${bytes.length} bytes, ${reference.lengthBytes} were referred to; run check`);
  return decodeStoredNode(bytes, `tree object ${reference.id}`);
}

/** Loads the root of a snapshot, whose length nobody recorded. */
export async function loadRootEntry(objects: ObjectPort, rootId: string, options: CallOptions): Promise<TreeEntry> {
  const node = decodeStoredNode(await objects.load(rootId, options), `root object ${rootId}`);
  if (node.type !== 'root') throw new SnapshotError('format/damaged', `object ${rootId} is not the root of a snapshot; run check`);
  return node.entry;
}

/** Loads the entries of a directory page. @throws {SnapshotError} `format/damaged` when it is not the one referred to */
export async function loadPage(objects: ObjectPort, reference: ContentReference, options: CallOptions): Promise<readonly TreeEntry[]> {
  const node = await loadTreeNode(objects, reference, options);
  if (node.type !== 'page' || node.entries.length !== reference.measure)
    throw new SnapshotError('format/damaged', `object ${reference.id} is not the directory page it is referred to as; run check`);
  return node.entries;
}
