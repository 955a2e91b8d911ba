import type { ContentTable, DirectoryEntry, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { joinPath } from '../source/byte-path.ts';
import { flattenSteps, Inside, type Nested } from '../source/nested-steps.ts';
import { changedRanges } from './changed-ranges.ts';
import { loadTreeRoot } from './list-snapshot.ts';
import { mergeByName } from './merge-by-name.ts';
import { readDirectory } from './read-content.ts';
import { metadataDiffers, treeChange } from './tree-change.ts';
import type { TreeChange } from './tree-change.ts';

/**
 * Yields what changed from one tree snapshot to another, sorted. Reads no file content: chunks are compared by identity.
 *
 * @throws {SnapshotError} `snapshot/not-found`, `snapshot/wrong-kind`, `object/*`
 */
export async function* diffSnapshots(repository: Repository, fromId: string, toId: string, options: CallOptions = {}): AsyncGenerator<TreeChange> {
  const [from, to] = [await loadTreeRoot(repository, fromId, options), await loadTreeRoot(repository, toId, options)];
  yield* flattenSteps(diffDirectories(repository, from, to, new Uint8Array(0), options));
}

async function* diffDirectories(repository: Repository, from: DirectoryEntry | undefined, to: DirectoryEntry | undefined, path: Uint8Array, options: CallOptions): Nested<TreeChange> {
  if (from !== undefined && to !== undefined && sameReferences(from.content, to.content)) return;
  const left = from === undefined ? [] : readDirectory(repository, from, options);
  const right = to === undefined ? [] : readDirectory(repository, to, options);
  for await (const pair of mergeByName(left, right)) {
    options.signal?.throwIfAborted();
    const name = (pair.left ?? pair.right)?.name ?? new Uint8Array(0);
    yield new Inside(diffEntries(repository, pair.left, pair.right, joinPath(path, name), options));
  }
}

async function* diffEntries(repository: Repository, from: TreeEntry | undefined, to: TreeEntry | undefined, path: Uint8Array, options: CallOptions): Nested<TreeChange> {
  const sameType = from?.type === to?.type;
  if (from !== undefined && (to === undefined || !sameType)) {
    yield treeChange(path, 'removed', from.type, from.type === 'file' ? from.size : 0);
    if (from.type === 'directory') yield new Inside(diffDirectories(repository, from, undefined, path, options));
  }
  if (to !== undefined && (from === undefined || !sameType)) {
    yield treeChange(path, 'added', to.type, to.type === 'file' ? to.size : 0);
    if (to.type === 'directory') yield new Inside(diffDirectories(repository, undefined, to, path, options));
  }
  if (from === undefined || to === undefined || !sameType) return;
  const bytes = from.type === 'file' && to.type === 'file' ? await countChangedBytes(repository, from.content, to.content, options) : 0;
  const contentDiffers = from.type === 'file' && to.type === 'file' ? bytes > 0 || from.size !== to.size : from.type === 'symlink' && to.type === 'symlink' && Buffer.compare(from.target, to.target) !== 0;
  const what = [...(contentDiffers ? ['content' as const] : []), ...(metadataDiffers(from, to, to.type) ? ['metadata' as const] : [])];
  if (what.length > 0) yield treeChange(path, 'changed', to.type, bytes, what);
  if (from.type === 'directory' && to.type === 'directory') yield new Inside(diffDirectories(repository, from, to, path, options));
}

function sameReferences(left: ContentTable, right: ContentTable): boolean {
  return left.level === right.level && left.references.length === right.references.length && left.references.every(({ id }, index) => id === right.references[index]?.id);
}

/** Bytes of the chunks of `to` that `from` does not have at the same offset. */
async function countChangedBytes(repository: Repository, from: ContentTable, to: ContentTable, options: CallOptions): Promise<number> {
  if (sameReferences(from, to)) return 0;
  let bytes = 0;
  for await (const range of changedRanges(repository, from, to, options)) bytes += range.bytes;
  return bytes;
}
