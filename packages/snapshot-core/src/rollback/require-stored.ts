import { SnapshotError } from '../errors/snapshot-error.ts';
import type { TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { readDirectory, readReferences } from '../snapshot/read-content.ts';
import { displayPath, joinPath } from '../source/byte-path.ts';
import type { Pacer } from '../source/pacer.ts';

/**
 * Makes sure that a snapshot can be read to its leaves before anything on the target is touched: all of its tree is loaded
 * and verified, and every chunk must be known to the repository. The chunks' bytes are verified when they are used.
 *
 * @throws {SnapshotError} `object/missing`, `object/damaged`, `format/damaged`
 */
export async function requireStored(repository: Repository, entry: TreeEntry, path: Uint8Array, pacer: Pacer, options: CallOptions): Promise<void> {
  await pacer.step();
  if (entry.type === 'file') {
    for await (const { id } of readReferences(repository, entry.content, 'data', options)) {
      if (repository.locate(id) === undefined)
        throw new SnapshotError('object/missing', `the snapshot cannot be used: ${displayPath(path)} needs object ${id}, which is not stored; run check, then choose another restore point`);
    }
  } else if (entry.type === 'directory')
    for await (const child of readDirectory(repository, entry, options)) await requireStored(repository, child, joinPath(path, child.name), pacer, options);
}
