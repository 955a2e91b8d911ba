import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ContentReference, ContentTable } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadChunk } from '../snapshot/read-content.ts';
import { loadImageRoot } from '../snapshot/restore-image.ts';
import { loadTreeNode } from '../snapshot/tree-objects.ts';
import type { EndReader } from './end-reader.ts';

/** A snapshot as an end, with what it is made of. */
export interface SnapshotReader extends EndReader {
  readonly repository: Repository;
  readonly content: ContentTable;
}

/** Chunks that stay at hand: reading goes forward, with looks at the neighbourhood. */
const cachedBytes = 16_777_216;

/**
 * Reads an image snapshot at any position, each chunk verified. Keeps one list of references per level and the latest chunks.
 *
 * @throws {SnapshotError} `snapshot/not-found`, `snapshot/wrong-kind`, `object/*`
 */
export async function openSnapshotReader(repository: Repository, snapshotId: string, options: CallOptions): Promise<SnapshotReader> {
  const root = await loadImageRoot(repository, snapshotId, options);
  const lists = new Map<number, { readonly id: string; readonly table: ContentTable }>();
  const chunks = new Map<string, Uint8Array>();
  let heldBytes = 0;

  async function load(reference: ContentReference): Promise<Uint8Array> {
    const known = chunks.get(reference.id);
    const bytes = known ?? (await loadChunk(repository, reference, options));
    // Put last again: the map's order is that of use.
    chunks.delete(reference.id);
    chunks.set(reference.id, bytes);
    if (known === undefined) heldBytes += bytes.length;
    for (const [id, oldest] of chunks) {
      if (heldBytes <= cachedBytes || id === reference.id) break;
      chunks.delete(id);
      heldBytes -= oldest.length;
    }
    return bytes;
  }

  async function descend(table: ContentTable, reference: ContentReference): Promise<ContentTable> {
    const level = table.level - 1;
    const known = lists.get(level);
    if (known?.id === reference.id) return known.table;
    const node = await loadTreeNode(repository, reference, options);
    if (node.type !== 'list' || node.level !== table.level || node.leafKind !== 'data')
      throw new SnapshotError('format/damaged', `object ${reference.id} is not the list it is referred to as; run check`);
    const found = { level, references: node.references };
    lists.set(level, { id: reference.id, table: found });
    return found;
  }

  /** Fills `into` with what the chunk around `offset` has of it. @returns how many bytes */
  async function readPart(offset: number, into: Uint8Array): Promise<number> {
    let table: ContentTable = root.content;
    let start = 0;
    for (;;) {
      const { reference, before } = referenceAt(table, offset - start);
      start += before;
      if (table.level > 0) {
        table = await descend(table, reference);
        continue;
      }
      const bytes = await load(reference);
      const part = bytes.subarray(offset - start, offset - start + into.length);
      into.set(part);
      return part.length;
    }
  }

  return {
    description: `snapshot ${snapshotId}`,
    bytes: root.size,
    repository,
    content: root.content,
    async read(offset, into) {
      for (let done = 0; done < into.length; ) done += await readPart(offset + done, into.subarray(done));
    },
  };
}

/** The reference that holds a position of its table, and the bytes before it. */
function referenceAt({ references }: ContentTable, position: number): { reference: ContentReference; before: number } {
  let before = 0;
  for (const reference of references) {
    if (position < before + reference.measure) return { reference, before };
    before += reference.measure;
  }
  throw new SnapshotError('format/damaged', `a list of references ends before byte ${position}; run check`);
}
