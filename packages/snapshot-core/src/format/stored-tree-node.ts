import { encodeChecked } from './encode-checked.ts';
import { decodeTreeObject, writeTreeObject } from './tree-object.ts';
import { decodeTreeNode, encodeTreeNode, type TreeNode } from './tree-payload.ts';

/** Encodes a node as the tree object that is stored. @throws {SnapshotError} `argument/invalid`, `format/self-check` */
export function encodeStoredNode(node: TreeNode): Uint8Array {
  return encodeChecked('a tree node', node, (value) => writeTreeObject(encodeTreeNode(value)), (encoded) => decodeStoredNode(encoded, 'a new tree node'));
}

/** Decodes the tree object of a node. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeStoredNode(bytes: Uint8Array, what: string): TreeNode {
  return decodeTreeNode(decodeTreeObject(bytes), what);
}
