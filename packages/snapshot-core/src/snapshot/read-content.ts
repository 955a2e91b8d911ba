import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ContentReference, ContentTable, DirectoryEntry, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { ObjectPort } from './object-port.ts';
import { loadPage, loadTreeNode } from './tree-objects.ts';

/**
 * Yields the references of one content at level 0, in order, loading lists as it goes: memory stays flat.
 *
 * @throws {SnapshotError} `object/missing`, `object/damaged`, `format/damaged`
 */
export async function* readReferences(objects: ObjectPort, content: ContentTable, leafKind: 'data' | 'tree', options: CallOptions): AsyncGenerator<ContentReference> {
  if (content.level === 0) return yield* content.references;
  for (const reference of content.references) {
    const node = await loadTreeNode(objects, reference, options);
    const fits = node.type === 'list' && node.level === content.level && node.leafKind === leafKind
      && node.references.reduce((sum, { measure }) => sum + measure, 0) === reference.measure;
    if (!fits) throw new SnapshotError('format/damaged', `object ${reference.id} is not the list it is referred to as; run check`);
    // Levels only go down, so stored objects cannot make this loop.
    yield* readReferences(objects, { level: content.level - 1, references: node.references }, leafKind, options);
  }
}

/**
 * Yields the entries of a stored directory, sorted bytewise, page by page.
 *
 * @throws {SnapshotError} `object/missing`, `object/damaged`, `format/damaged`
 */
export async function* readDirectory(objects: ObjectPort, directory: DirectoryEntry, options: CallOptions): AsyncGenerator<TreeEntry> {
  let previous: Uint8Array | undefined;
  for await (const reference of readReferences(objects, directory.content, 'tree', options)) {
    for (const entry of await loadPage(objects, reference, options)) {
      if (previous !== undefined && Buffer.compare(previous, entry.name) >= 0)
        throw new SnapshotError('format/damaged', `directory page ${reference.id} repeats or reorders names; run check`);
      previous = entry.name;
      yield entry;
    }
  }
}

/** Yields the bytes of a stored file or image, chunk by chunk, each verified; the caller owns them. */
export async function* readFileContent(objects: ObjectPort, content: ContentTable, options: CallOptions): AsyncGenerator<Uint8Array> {
  for await (const reference of readReferences(objects, content, 'data', options)) yield await loadChunk(objects, reference, options);
}

/** Loads one chunk. @throws {SnapshotError} `format/damaged` when its length is not the one referred to */
export async function loadChunk(objects: ObjectPort, reference: ContentReference, options: CallOptions): Promise<Uint8Array> {
  const bytes = await objects.load(reference.id, options);
  if (bytes.length !== reference.lengthBytes)
    throw new SnapshotError('format/damaged', `object ${reference.id} has ${bytes.length} bytes, ${reference.lengthBytes} were referred to; run check`);
  return bytes;
}
