import { statSync } from 'node:fs';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { TreeEntry, UnreadReason } from '../../format/tree-entry.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { Repository } from '../../repository/repository.ts';
import { openDirectory } from '../../source/directory-handle.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { factsFromStats, fileIdKey } from '../../source/file-facts.ts';
import { isLargeTree } from '../../source/is-large-tree.ts';
import { loadExtendedAttributes } from '../../source/load-extended-attributes.ts';
import type { DirectorySource } from '../../source/snapshot-source.ts';
import type { DamageWatch } from '../damage-watch.ts';
import { withEngine } from '../engine/with-engine.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';
import { TreeAssembly } from './tree-assembly.ts';
import type { TreeRun } from './tree-unit.ts';

/** What taking a tree needs of a snapshot. */
export interface TreeContext {
  readonly repository: Repository;
  readonly tally: SnapshotTally;
  readonly nowMs: () => number;
  readonly verifyAll: boolean;
  readonly generation: number;
  /** Threads that were asked for. */
  readonly workers: number | undefined;
  /** Entries of the parent snapshot, which tells how large the tree is. */
  readonly parentEntries: number | undefined;
  /** Where a parent is relied on: the tree ends with its error when damage is met that was not known. */
  readonly damage?: DamageWatch | undefined;
  readonly options: CallOptions;
}

/** Starting threads takes longer than taking a smaller tree. */
const largeTree = { entries: 2_000, bytes: 33_554_432 } as const;

/**
 * Stores a directory tree and answers with its entry. It does not depend on the number of threads.
 *
 * @throws {SnapshotError} `source/unreadable` when the root cannot be read
 */
export async function takeTree(context: TreeContext, source: DirectorySource, parent: TreeEntry | undefined): Promise<TreeEntry> {
  const { repository, tally, nowMs, verifyAll, generation, parentEntries, damage, options } = context;
  const root = openSourceRoot(source.path);
  try {
    const { problem } = await loadExtendedAttributes();
    if (problem !== undefined) tally.issues.add(new Uint8Array(0), 'attributes-unread', problem);
    const run: TreeRun = {
      root: root.self, device: root.facts.device, excluded: excludedIds(repository, source), verifyAll, generation, clockOffsetMs: nowMs() - Date.now(),
      windowsAttributes: source.windowsAttributes,
    };
    const isLarge = async () => (parentEntries !== undefined && parentEntries >= largeTree.entries) || isLargeTree(root, largeTree);
    // A function of the caller's cannot go to another thread.
    const workers = source.windowsAttributes !== undefined ? 0 : (context.workers ?? ((await isLarge()) ? undefined : 0));
    return await withEngine(repository, { ...options, workers }, (engine) => new TreeAssembly({ repository, engine, tally, run, options, damage }).take(parent));
  } finally {
    root.close();
  }
}

function excludedIds({ localPath }: Repository, { exclude = [] }: DirectorySource): TreeRun['excluded'] {
  const excluded = new Map<string, Extract<UnreadReason, 'excluded' | 'repository'>>(exclude.map((id) => [fileIdKey(id), 'excluded']));
  if (localPath !== undefined) excluded.set(fileIdKey(factsFromStats(statSync(localPath, { bigint: true }))), 'repository');
  return excluded;
}

function openSourceRoot(path: string): DirectoryHandle {
  try {
    const handle = openDirectory(path);
    handle.names();
    return handle;
  } catch (cause) {
    throw new SnapshotError('source/unreadable', `cannot read the directory ${path}; check the path and its permissions`, { cause });
  }
}
