import { SnapshotError } from '../errors/snapshot-error.ts';
import type { DirectoryEntry, TreeEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { displayPath, joinPath, splitPath } from '../source/byte-path.ts';
import { flattenSteps, Inside, type Nested } from '../source/nested-steps.ts';
import { readDirectory } from './read-content.ts';
import { isDamage } from './is-damage.ts';
import { loadRootEntry } from './tree-objects.ts';

/** One step through a stored tree. */
export type SnapshotItem =
  /** An entry; a directory is followed by what it holds, and then by `leave`. The root comes first, with an empty path. */
  | { readonly step: 'entry'; readonly path: Uint8Array; readonly entry: TreeEntry }
  | { readonly step: 'leave'; readonly path: Uint8Array; readonly entry: DirectoryEntry }
  /** The rest of the directory cannot be read; `leave` follows. */
  | { readonly step: 'damaged'; readonly path: Uint8Array; readonly message: string };

/** Which part of a snapshot to list. */
export interface ListSnapshotOptions extends CallOptions {
  /** Relative paths joined by `/`, text as UTF-8. With a directory comes everything in it; its parents come too. Default: everything. */
  readonly paths?: readonly (string | Uint8Array)[];
}

/**
 * Walks a stored tree, depth first, names sorted bytewise. Memory does not grow with the tree, only with its depth.
 *
 * @throws {SnapshotError} `snapshot/not-found`, `snapshot/wrong-kind` (an image), `snapshot/path-not-found`, `argument/invalid`
 *   (a path with `.` or `..`), `object/*` when the root itself is lost
 */
export async function* listSnapshot(repository: Repository, snapshotId: string, options: ListSnapshotOptions = {}): AsyncGenerator<SnapshotItem> {
  const root = await loadTreeRoot(repository, snapshotId, options);
  const wanted = options.paths?.map(parsePath);
  const found = new Set<number>();
  yield* flattenSteps(listEntry(repository, new Uint8Array(0), root, 0, wanted, found, options));
  const missing = options.paths?.find((_, index) => !found.has(index));
  if (missing !== undefined)
    throw new SnapshotError('snapshot/path-not-found', `snapshot ${snapshotId} has nothing at ${displayPath(Buffer.from(missing))}; list it to see what it has`);
}

/** Root directory of a tree snapshot. @throws {SnapshotError} `snapshot/wrong-kind` when it is an image */
export async function loadTreeRoot(repository: Repository, snapshotId: string, options: CallOptions): Promise<DirectoryEntry> {
  const record = await repository.getSnapshot(snapshotId, options);
  const root = await loadRootEntry(repository, record.rootId, options);
  if (record.source.kind !== 'tree' || root.type !== 'directory')
    throw new SnapshotError('snapshot/wrong-kind', `snapshot ${snapshotId} is an image, not a directory tree; it can only be restored whole, to a volume`);
  return root;
}

function parsePath(path: string | Uint8Array): Uint8Array[] {
  const names = splitPath(path);
  if (names.some((name) => ['.', '..'].includes(Buffer.from(name).toString('latin1'))) || Buffer.from(path)[0] === 0x2f)
    throw new SnapshotError('argument/invalid', `${displayPath(Buffer.from(path))} is not a path inside a snapshot; give it relative, without . and ..`);
  return names;
}

async function* listEntry(
  repository: Repository, path: Uint8Array, entry: TreeEntry, depth: number,
  wanted: readonly (readonly Uint8Array[])[] | undefined, found: Set<number>, options: CallOptions,
): Nested<SnapshotItem> {
  options.signal?.throwIfAborted();
  yield { step: 'entry', path, entry };
  if (entry.type !== 'directory') return;
  try {
    for await (const child of readDirectory(repository, entry, options)) {
      if (wanted !== undefined && !isWanted(wanted, path, child.name, depth, found)) continue;
      yield new Inside(listEntry(repository, joinPath(path, child.name), child, depth + 1, wanted, found, options));
    }
    if (entry.incomplete === true) yield { step: 'damaged', path, message: 'the repository was repaired, and this snapshot has only what was left' };
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield { step: 'damaged', path, message: String(error) };
  }
  yield { step: 'leave', path, entry };
}

/** True for a wanted path, everything below it, and the directories that lead to it. */
function isWanted(wanted: readonly (readonly Uint8Array[])[], directory: Uint8Array, name: Uint8Array, depth: number, found: Set<number>): boolean {
  const names = [...splitPath(directory), name];
  let matches = false;
  for (const [index, path] of wanted.entries()) {
    if (!path.slice(0, names.length).every((step, at) => Buffer.compare(step, names[at] ?? new Uint8Array(0)) === 0)) continue;
    matches = true;
    if (depth + 1 >= path.length) found.add(index);
  }
  return matches;
}
