import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodePackedList } from '../format/packed-list.ts';
import { packedBytesOf, packReferences } from '../format/packed-references.ts';
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
  // Levels only go down, so stored objects cannot make this loop.
  for (const reference of content.references) yield* readReferences(objects, await loadList(objects, reference, content.level, leafKind, options), leafKind, options);
}

/**
 * Yields the chunks of one content in order as packed references, list by list: the way for images, which have millions.
 *
 * @throws {SnapshotError} `object/missing`, `object/damaged`, `format/damaged`
 */
export async function* readPackedReferences(objects: ObjectPort, content: ContentTable, options: CallOptions): AsyncGenerator<Uint8Array> {
  if (content.level === 0) yield packReferences(content.references);
  else for (const reference of content.references) {
    if (content.level === 1) yield await loadPackedList(objects, reference, options);
    else yield* readPackedReferences(objects, await loadList(objects, reference, content.level, 'data', options), options);
  }
}

async function loadPackedList(objects: ObjectPort, reference: ContentReference, options: CallOptions): Promise<Uint8Array> {
  const bytes = await objects.load(reference.id, options);
  const packed = bytes.length === reference.lengthBytes ? decodePackedList(bytes) : undefined;
  if (packed !== undefined && packedBytesOf(packed) === reference.measure) return packed;
  // Says what is wrong with it.
  return packReferences((await loadList(objects, reference, 1, 'data', options)).references);
}

/** Loads the list behind a reference, which stands at `level` of a content. */
async function loadList(objects: ObjectPort, reference: ContentReference, level: number, leafKind: 'data' | 'tree', options: CallOptions): Promise<ContentTable> {
  const node = await loadTreeNode(objects, reference, options);
  const fits = node.type === 'list' && node.level === level && node.leafKind === leafKind
    && node.references.reduce((sum, { measure }) => sum + measure, 0) === reference.measure;
  if (!fits) throw new SnapshotError('format/damaged', `object ${reference.id} is not the list it is referred to as; run check`);
  return { level: level - 1, references: node.references };
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
