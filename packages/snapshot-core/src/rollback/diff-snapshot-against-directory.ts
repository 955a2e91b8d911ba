import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadTreeRoot } from '../snapshot/list-snapshot.ts';
import { treeChange } from '../snapshot/tree-change.ts';
import type { TreeChange } from '../snapshot/tree-change.ts';
import { openTreeTarget } from './open-target.ts';
import { planSteps } from './plan-rollback.ts';

/**
 * Yields how a directory differs from a snapshot now, as a rollback would meet it: what is `added` or `changed` since would
 * be lost, what was `removed` would come back. Every file is compared by its bytes; `bytes` of a
 * changed file are those present ones that differ.
 *
 * Read-only. Added names come first; a directory is listed with what it holds. Add up with `summarizeChanges`.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable`, `rollback/repository-on-target`, `object/*`
 */
export async function* diffSnapshotAgainstDirectory(repository: Repository, snapshotId: string, directory: string, options: CallOptions = {}): AsyncGenerator<TreeChange> {
  const stored = await loadTreeRoot(repository, snapshotId, options);
  const context = await openTreeTarget(repository, directory, false, options);
  try {
    for await (const step of planSteps(context, stored)) {
      if (step.step !== 'act') continue;
      const { path, action, type, writeBytes, lostBytes, metadata = [] } = step.action;
      const entryType = type === 'special' ? 'unread' : type;
      if (action === 'delete') yield treeChange(path, 'added', entryType, lostBytes);
      else if (action === 'create') yield treeChange(path, 'removed', entryType, writeBytes);
      else if (action === 'link' && step.present === undefined) yield treeChange(path, 'removed', entryType, 0);
      else if (action === 'rewrite' || action === 'replace' || action === 'link') yield treeChange(path, 'changed', entryType, lostBytes, ['content']);
      // A directory's time follows from what is in it.
      else if (action === 'set-metadata' && path.length > 0 && !(type === 'directory' && metadata.every((what) => what === 'time'))) yield treeChange(path, 'changed', entryType, 0, ['metadata']);
    }
  } finally {
    context.root.close();
  }
}
