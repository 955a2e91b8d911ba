import { SnapshotError } from '../errors/snapshot-error.ts';
import type { DirectoryEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { loadTreeRoot } from '../snapshot/list-snapshot.ts';
import { lookAt } from '../source/list-directory.ts';
import { flattenSteps } from '../source/nested-steps.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { decideMetadata } from './decide-rollback.ts';
import { attributesDiffer } from './attributes-differ.ts';
import { openTreeTarget } from './open-target.ts';
import { planRemovals } from './plan-removals.ts';
import { incompleteDecision, planWrites } from './plan-writes.ts';
import type { RollbackAction } from './rollback-action.ts';
import type { RollbackContext, RollbackStep } from './rollback-context.ts';

/** The name under which the root is changed: through itself, because its own name belongs to its parent directory. */
const rootName = Buffer.from('.');
const rootPath = new Uint8Array(0);

/**
 * Compares a directory with a snapshot, every byte, and yields what `rollback` would do with each path and why.
 *
 * Only looks. Removals come first, then everything the snapshot has, a directory's metadata after what is in it.
 *
 * @throws {SnapshotError} `snapshot/*`, `target/unusable`, `rollback/repository-on-target`, `object/*`
 */
export async function* planRollback(repository: Repository, snapshotId: string, target: string, options: CallOptions = {}): AsyncGenerator<RollbackAction> {
  const stored = await loadTreeRoot(repository, snapshotId, options);
  const context = await openTreeTarget(repository, target, false, options);
  try {
    for await (const step of planSteps(context, stored)) if (step.step === 'act') yield step.action;
  } finally {
    context.root.close();
  }
}

/**
 * All steps of a rollback in order: what has to go, what has to come, the root's own metadata.
 *
 * @param beforeClosing awaited when the steps end early, by an error or by whoever takes them, while the directories that were entered are still open
 * @throws {SnapshotError} `target/unusable` when the target cannot be looked at and no single item is to blame; `object/*`
 */
export async function* planSteps(context: RollbackContext, stored: DirectoryEntry, beforeClosing?: () => Promise<void>): AsyncGenerator<RollbackStep> {
  try {
    yield* planAll(context, stored, beforeClosing);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new SnapshotError('target/unusable', `the target cannot be looked at: ${code}; repair it, then run this again`, { cause });
  }
}

async function* planAll(context: RollbackContext, stored: DirectoryEntry, beforeClosing: (() => Promise<void>) | undefined): AsyncGenerator<RollbackStep> {
  yield* flattenSteps(planRemovals(context, stored, context.root, rootPath), beforeClosing);
  yield* flattenSteps(planWrites(context, stored, { directory: context.root, path: rootPath }), beforeClosing);
  if (stored.incomplete === true) yield { step: 'act', action: { path: rootPath, displayPath: '', ...incompleteDecision }, directory: context.root, name: rootName, present: undefined, issue: 'not-restorable' };
  const present = lookAt(context.root, rootName);
  if (present === undefined) return;
  const action = { path: rootPath, displayPath: '', ...decideMetadata(stored, present, attributesDiffer(context, context.root, rootName, stored)) };
  yield { step: 'act', action, directory: context.root, name: rootName, present, stored };
}
