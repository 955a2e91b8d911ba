import { readlinkSync } from 'node:fs';
import type { DirectoryEntry, FileEntry, TreeEntry } from '../format/tree-entry.ts';
import { WindowsDirectoryNames } from '../format/windows-name.ts';
import { mergeByName } from '../snapshot/merge-by-name.ts';
import { readDirectory } from '../snapshot/read-content.ts';
import { displayPath, joinPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { fileIdKey, sameFile } from '../source/file-facts.ts';
import type { FileFacts } from '../source/file-facts.ts';
import { lookAt } from '../source/list-directory.ts';
import { Inside, type Nested } from '../source/nested-steps.ts';
import { withParentOf } from '../source/open-parent.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import { attributesDiffer } from './attributes-differ.ts';
import { compareContent } from './compare-content.ts';
import { decideFile, decideMetadata, decideSymlink } from './decide-rollback.ts';
import { listTarget, unseenStep } from './list-target.ts';
import { openForRollback } from './open-for-rollback.ts';
import type { RollbackDecision } from './rollback-action.ts';
import type { RollbackContext, RollbackStep } from './rollback-context.ts';

const noBytes = { writeBytes: 0, lostBytes: 0 } as const;

/** What a rollback says of a directory that lost entries when its repository was repaired. */
export const incompleteDecision: RollbackDecision = { action: 'blocked', type: 'directory', reason: 'entries of it were lost in the repository before that was repaired; what is here and not known stays', ...noBytes };

/** Where a step happens: an open directory, or one that is only planned. */
interface Place {
  readonly directory: DirectoryHandle | undefined;
  readonly path: Uint8Array;
}

/**
 * Second pass: brings what the snapshot has into being. Compares every file by its bytes.
 *
 * Yields every stored entry once, a directory's metadata after everything in it. While only planning, what the first pass
 * would delete counts as gone.
 */
export async function* planWrites(context: RollbackContext, stored: DirectoryEntry, place: Place): Nested<RollbackStep> {
  const present = place.directory === undefined ? [] : listTarget(place.directory);
  const made = context.windowsNames ? new WindowsDirectoryNames() : undefined;
  for await (const { left, right } of mergeByName(readDirectory(context.repository, stored, context.options), present)) {
    await context.pacer.step();
    if (left === undefined) continue;
    const path = joinPath(place.path, left.name);
    if (right !== undefined && right.facts === undefined && left.type !== 'unread') yield unseenStep(right, path);
    else yield new Inside(planEntry(context, left, right?.facts, { directory: place.directory, path }, made));
  }
  if (place.directory !== undefined) yield { step: 'leave', directory: place.directory };
}

async function* planEntry(context: RollbackContext, stored: TreeEntry, found: FileFacts | undefined, place: Place, made: WindowsDirectoryNames | undefined): Nested<RollbackStep> {
  const act = (decision: RollbackDecision, present: FileFacts | undefined, more: Partial<Extract<RollbackStep, { step: 'act' }>> = {}): RollbackStep => ({
    step: 'act', action: { path: place.path, displayPath: displayPath(place.path), ...decision }, directory: place.directory, name: stored.name, present,
    ...(stored.type !== 'unread' && { stored }), ...more,
  });
  if (stored.type === 'unread' && stored.reason === 'damaged') {
    yield act({ action: 'blocked', type: 'unread', reason: 'its content was lost in the repository before that was repaired; what is here stays', ...noBytes }, found, { issue: 'not-restorable' });
    return;
  }
  if (stored.type === 'unread') {
    yield act({ action: 'keep', type: 'unread', reason: `the snapshot knows only that it was there (${stored.reason})`, ...noBytes }, found);
    return;
  }
  const problem = made?.problemOf(stored.name);
  if (problem !== undefined) {
    yield act({ action: 'blocked', type: stored.type, reason: `Windows cannot hold this name: ${problem}`, ...noBytes }, found, { issue: 'name' });
    return;
  }
  if (found !== undefined && isInTheWay(context, stored, found)) {
    yield act({ action: 'blocked', type: stored.type, reason: 'the repository or another file system is in its place', ...noBytes }, found);
    return;
  }
  const present = found?.type === stored.type ? found : undefined;
  if (stored.type === 'file') {
    yield* planFile(context, stored, present, place, act);
    return;
  }
  if (stored.type === 'symlink') {
    const target = present !== undefined && place.directory !== undefined ? readTarget(place.directory, stored.name) : undefined;
    yield act(decideSymlink(stored, present, target, target !== undefined && place.directory !== undefined && attributesDiffer(context, place.directory, stored.name, stored)), present);
    return;
  }
  if (present === undefined) yield act({ action: 'create', type: 'directory', reason: 'it is missing', ...noBytes }, undefined);
  const child = place.directory === undefined ? undefined : openForRollback(context, place.directory, stored.name);
  // Carried out, a directory that still cannot be entered was reported; nothing can be done inside it.
  if (child === undefined && context.mayChange) {
    yield act({ action: 'blocked', type: 'directory', reason: 'it cannot be entered', ...noBytes }, present);
    return;
  }
  try {
    yield new Inside(planWrites(context, stored, { directory: child, path: place.path }));
  } finally {
    child?.close();
  }
  if (stored.incomplete === true) yield act(incompleteDecision, present, { issue: 'not-restorable' });
  const now = place.directory === undefined ? undefined : lookAt(place.directory, stored.name);
  // The one that was entered is the one meant: its name may stand for another by now.
  if (now?.type === 'directory' && (context.mayChange || present !== undefined)) yield act(decideMetadata(stored, now, place.directory !== undefined && attributesDiffer(context, place.directory, stored.name, stored)), child?.facts ?? now);
}

/** The repository itself and other file systems are never entered; a directory that leads to the repository is, but stays a directory. */
function isInTheWay(context: RollbackContext, stored: TreeEntry, found: FileFacts): boolean {
  if (found.device !== context.root.facts.device || fileIdKey(found) === context.repositoryId) return true;
  return context.protectedIds.has(fileIdKey(found)) && stored.type !== 'directory';
}

type Act = (decision: RollbackDecision, present: FileFacts | undefined, more?: Partial<Extract<RollbackStep, { step: 'act' }>>) => RollbackStep;

async function* planFile(context: RollbackContext, stored: FileEntry, present: FileFacts | undefined, place: Place, act: Act): Nested<RollbackStep> {
  const existingPath = context.shared.firstName(stored, place.path);
  if (existingPath !== undefined) {
    const existing = await lookAtPath(context, existingPath);
    const linked = existing !== undefined && present !== undefined && sameFile(existing, present);
    if (linked) {
      yield act({ action: 'keep', type: 'file', reason: `it is another name of ${displayPath(existingPath)}`, ...noBytes }, present);
      return;
    }
    yield act({ action: 'link', type: 'file', reason: `it was another name of ${displayPath(existingPath)}`, ...noBytes }, present, { existingPath });
    return;
  }
  if (present === undefined || place.directory === undefined) {
    yield act(decideFile(stored, undefined, { state: 'unreadable' }, 'none'), undefined);
    return;
  }
  // Looked at again: replacing another name of the same data has changed its link count.
  const facts = lookAt(place.directory, stored.name) ?? present;
  const difference = await compareContent(context.repository, place.directory, stored.name, stored, context.pacer, context.options);
  yield act(decideFile(stored, facts, difference, context.shared.sharing(facts), attributesDiffer(context, place.directory, stored.name, stored)), facts);
}

/** What is at a path; `undefined` when it is gone or nobody can look at it: that is said of the directory it is in, and when it is linked to. */
async function lookAtPath(context: RollbackContext, path: Uint8Array): Promise<FileFacts | undefined> {
  try {
    return await withParentOf(context.root, path, lookAt);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Where a symlink leads; `undefined` when it is gone or cannot be read: then it is written anew. */
function readTarget(directory: DirectoryHandle, name: Uint8Array): Uint8Array | undefined {
  try {
    return readlinkSync(directory.pathOf(name), { encoding: 'buffer' });
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
