import { closeSync } from 'node:fs';
import { joinPath } from '../../source/byte-path.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { fileIdKey } from '../../source/file-facts.ts';
import { lookAt, type PresentEntry } from '../../source/list-directory.ts';
import { deferNames, maxSliceNames } from './defer-names.ts';
import { openListedFile, type OpenedEntry } from './open-listed-file.ts';
import { ParentPages } from './parent-pages.ts';
import { reportDamage } from './report-damage.ts';
import { takeEntry } from './take-entry.ts';
import type { TakeContext } from './take-context.ts';
import type { NamesToTake, TakenItem } from './taken-item.ts';

/**
 * Takes names of one directory, in order, until the budget is spent; the rest is left to be taken in parts.
 *
 * A name that vanishes between the listing and the look is left out: it is as if it had gone a moment earlier.
 */
export async function takeNames(context: TakeContext, directory: DirectoryHandle, work: NamesToTake): Promise<readonly TakenItem[]> {
  const { pacer, budget, objects } = context;
  const { path, names } = work;
  const parents = new ParentPages(objects, work.pages, (error) => reportDamage(context, path, error));
  // So many names are split before anything else, where the parent's pages are still whole.
  let taken = 0;
  while (taken < names.length && !budget.isSpent && names.length <= maxSliceNames * 2) {
    const name = names[taken];
    if (name === undefined) break;
    if (pacer.isDue()) await pacer.turn();
    budget.spendEntry();
    const opened = work.files?.[taken] === 1 && !isReserved(context) ? openListedFile(directory, name) : undefined;
    taken += 1;
    try {
      const facts = opened?.facts ?? lookAt(directory, name);
      if (facts === undefined) continue;
      const isFound = parents.isAtHand() ? parents.seekHere(name) : await parents.seek(name);
      const present = { name, directory, facts, descriptor: opened?.descriptor };
      if (isFound && isAsItWas(context, present, parents)) parents.keep();
      else await takePresent(context, present, path, parents, isFound);
    } finally {
      if (opened !== undefined) closeSync(opened.descriptor);
    }
  }
  const pages = parents.finish();
  if (taken < names.length)
    for (const rest of await deferNames(objects, { ...work, names: names.slice(taken), files: work.files?.slice(taken), pages })) parents.items.push({ kind: 'rest', rest });
  return parents.items;
}

/** Whether a file can be taken over without a second look, and counts it then. */
function isAsItWas({ verifyAll, tools, tally, excluded, device, windowsAttributes }: TakeContext, { facts }: PresentEntry, { cursor }: ParentPages): boolean {
  if (cursor === undefined || verifyAll || facts.type !== 'file' || facts.device !== device || windowsAttributes !== undefined) return false;
  if (!cursor.isSameFile({ ...facts, size: facts.bytes }) || !cursor.everyReference((id, kind) => tools.has(id, kind))) return false;
  if (excluded.size > 0 && excluded.has(fileIdKey(facts))) return false;
  tally.files.unmodified += 1;
  tally.chunkCount += cursor.referenceCount;
  tally.bytesReused += facts.bytes;
  tally.totalBytes += facts.bytes;
  return true;
}

/** Whether opening a file may do more than open it. */
function isReserved({ windowsAttributes }: TakeContext): boolean {
  return windowsAttributes !== undefined;
}

async function takePresent(context: TakeContext, present: OpenedEntry, path: Uint8Array, parents: ParentPages, isFound: boolean): Promise<void> {
  const item = await takeEntry(context, present, joinPath(path, present.name), isFound ? parents.entry() : undefined);
  if (isFound && item?.kind === 'entry' && parents.cursor?.equals(item.entry) === true && isRelied(context, parents)) parents.keep();
  else if (isFound) parents.replace(item);
  else if (item !== undefined) parents.insert(item);
}

/** What an equal entry refers to was looked up or saved when it was made; so this costs a look-up only. */
function isRelied({ tools }: TakeContext, { cursor }: ParentPages): boolean {
  return cursor?.everyReference((id, kind) => tools.has(id, kind)) === true;
}
