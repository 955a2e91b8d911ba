import type { DirectoryEntry, TreeEntry } from '../format/tree-entry.ts';
import { mergeByName } from '../snapshot/merge-by-name.ts';
import { readDirectory } from '../snapshot/read-content.ts';
import { displayPath, joinPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { fileIdKey } from '../source/file-facts.ts';
import type { PresentEntry } from '../source/list-directory.ts';
import { Inside, type Nested } from '../source/nested-steps.ts';
import { decideRemoval } from './decide-rollback.ts';
import { listTarget, unseenStep } from './list-target.ts';
import { openForRollback } from './open-for-rollback.ts';
import type { RollbackContext, RollbackStep } from './rollback-context.ts';

/**
 * First pass: what has to go. It comes before all writing, because a full disk is a common reason for a rollback.
 *
 * In a directory that lost entries when its repository was repaired, nothing that is unknown has to go.
 *
 * Yields `delete` and `blocked` alone; what is in a directory before the directory. Notes which surviving names share data.
 */
export async function* planRemovals(context: RollbackContext, stored: DirectoryEntry, directory: DirectoryHandle, path: Uint8Array): Nested<RollbackStep> {
  for await (const pair of mergeByName(readDirectory(context.repository, stored, context.options), listTarget(directory))) {
    await context.pacer.step();
    const { left, right } = pair;
    if (right === undefined) continue;
    // Whether it was in the snapshot is not known any more.
    if (left === undefined && stored.incomplete === true) continue;
    const childPath = joinPath(path, right.name);
    if (right.facts === undefined) {
      // Of what is stored the second pass says so.
      if (left === undefined) yield unseenStep(right, childPath);
      continue;
    }
    if (fileIdKey(right.facts) === context.repositoryId) continue;
    const decision = decideRemoval(left, right.facts, guardOf(context, right));
    if (decision.action === 'delete') yield new Inside(removeAll(context, right, childPath, left));
    else if (decision.action === 'blocked') yield step(right, childPath, decision);
    else if (left?.type === 'file' && right.facts.type === 'file') context.shared.note(right.facts, left, childPath);
    else if (right.facts.type === 'directory' && guardOf(context, right) === 'repository' && left?.type !== 'directory') {
      // A directory that leads to the repository stays, but nothing else in it does.
      if (left === undefined) yield new Inside(insideProtected(context, right, childPath));
    } else if (left?.type === 'directory' && right.facts.type === 'directory') yield new Inside(inside(context, right, (child) => planRemovals(context, left, child, childPath)));
  }
  yield { step: 'leave', directory };
}

async function* removeAll(context: RollbackContext, present: PresentEntry, path: Uint8Array, stored: TreeEntry | undefined): Nested<RollbackStep> {
  if (present.facts.type === 'directory') {
    yield new Inside(inside(context, present, (child) => removeChildren(context, child, path)));
  }
  yield step(present, path, decideRemoval(stored, present.facts, 'none'));
}

async function* removeChildren(context: RollbackContext, directory: DirectoryHandle, path: Uint8Array): Nested<RollbackStep> {
  for (const present of listTarget(directory)) {
    await context.pacer.step();
    const childPath = joinPath(path, present.name);
    if (present.facts === undefined) {
      yield unseenStep(present, childPath);
      continue;
    }
    const guard = guardOf(context, present);
    const decision = decideRemoval(undefined, present.facts, guard);
    if (decision.action === 'delete') yield new Inside(removeAll(context, present, childPath, undefined));
    else if (guard === 'repository') yield new Inside(insideProtected(context, present, childPath));
    else yield step(present, childPath, decision);
  }
}

async function* insideProtected(context: RollbackContext, present: PresentEntry, path: Uint8Array): Nested<RollbackStep> {
  if (context.repositoryId === fileIdKey(present.facts)) return;
  yield new Inside(inside(context, present, async function* removeAllBut(child) {
    yield new Inside(removeChildren(context, child, path));
    yield { step: 'leave', directory: child };
  }));
}

async function* inside(context: RollbackContext, present: PresentEntry, work: (child: DirectoryHandle) => Nested<RollbackStep>): Nested<RollbackStep> {
  const child = openForRollback(context, present.directory, present.name);
  if (child === undefined) return;
  try {
    yield new Inside(work(child));
  } finally {
    child.close();
  }
}

function guardOf(context: RollbackContext, present: PresentEntry): 'none' | 'repository' | 'other-file-system' {
  if (context.protectedIds.has(fileIdKey(present.facts))) return 'repository';
  return present.facts.device === context.root.facts.device ? 'none' : 'other-file-system';
}

function step(present: PresentEntry, path: Uint8Array, decision: ReturnType<typeof decideRemoval>): RollbackStep {
  return { step: 'act', action: { path, displayPath: displayPath(path), ...decision }, directory: present.directory, name: present.name, present: present.facts };
}
