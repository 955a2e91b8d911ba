import { closeSync, type Stats } from 'node:fs';
import { joinPath } from '../../source/byte-path.ts';
import { bytesOfText } from '../../source/byte-text.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import { isMissing, lookAt } from '../../source/list-directory.ts';
import { createQuickLook } from '../../source/quick-look.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';
import { countAsItWas, isTrusted } from './as-it-was.ts';
import { deferNames, maxSliceNames } from './defer-names.ts';
import { keepByName, reasonOfCode } from './keep-by-name.ts';
import { openListedFile, type OpenedFile } from './open-listed-file.ts';
import { ParentPages } from './parent-pages.ts';
import { reportDamage } from './report-damage.ts';
import { takeEntry } from './take-entry.ts';
import type { TakeContext } from './take-context.ts';
import type { NamesToTake, TakenItem } from './taken-item.ts';
import { isContentAsItWas } from './verify-content.ts';

/**
 * Takes names of one directory, in order, until the budget is spent; the rest is left to be taken in parts.
 *
 * A name that vanishes between the listing and the look is left out: it is as if it had gone a moment earlier. One that nobody can look at is kept by
 * name, and the others are taken.
 */
export async function takeNames(context: TakeContext, directory: DirectoryHandle, work: NamesToTake): Promise<readonly TakenItem[]> {
  const { pacer, budget, objects } = context;
  const { path, names, files } = work;
  const parents = new ParentPages(objects, work.pages, (error) => reportDamage(context, path, error));
  const look = context.verifyAll ? undefined : createQuickLook(directory);
  const isKnown = (name: string) => !isReserved(context) && (look === undefined ? isContentAsItWas(context, directory, name, parents) : isAsItWas(context, look(name), parents));
  // So many names are split before anything else, where the parent's pages are still whole.
  let taken = 0;
  while (taken < names.length && !budget.isSpent && names.length <= maxSliceNames * 2) {
    const name = names[taken];
    if (name === undefined) break;
    if (pacer.isDue()) await pacer.turn();
    budget.spendEntry();
    const isFile = files[taken] === 1;
    taken += 1;
    const isFound = parents.isAtHand() ? parents.seekHere(name) : await parents.seek(name);
    if (isFound && isFile && isKnown(name)) parents.keep();
    else await takeListed(context, { name: bytesOfText(name), directory, isFile: isFile && (context.verifyAll || !isFound) }, path, parents, isFound);
  }
  const pages = parents.finish();
  if (taken < names.length)
    for (const rest of await deferNames(objects, { ...work, names: names.slice(taken), files: files.slice(taken), pages })) parents.items.push({ kind: 'rest', rest });
  return parents.items;
}

/** Whether a file can be taken over by what a quick look says, and counts it then. */
function isAsItWas(context: TakeContext, stats: Stats | undefined, { cursor }: ParentPages): boolean {
  if (stats === undefined || cursor === undefined || !isTrusted(context, stats, cursor)) return false;
  context.tally.bytesReused += stats.size;
  countAsItWas(context, stats.size, cursor);
  return true;
}

/** Whether opening a file may do more than open it. */
function isReserved({ windowsAttributes }: TakeContext): boolean {
  return windowsAttributes !== undefined;
}

/** Takes a name after a careful look. What is listed as a file is opened instead, and then looked at. */
async function takeListed(
  context: TakeContext, { name, directory, isFile }: { readonly name: Uint8Array; readonly directory: DirectoryHandle; readonly isFile: boolean }, path: Uint8Array, parents: ParentPages, isFound: boolean,
): Promise<void> {
  const opened = isFile && !isReserved(context) ? openListedFile(directory, name) : undefined;
  try {
    const item = await takeLooked(context, { name, directory, opened }, joinPath(path, name), isFound ? parents : undefined);
    if (isFound && item?.kind === 'entry' && parents.cursor?.equals(item.entry) === true && isRelied(context, parents)) parents.keep();
    else if (isFound) parents.replace(item);
    else if (item !== undefined) parents.insert(item);
  } finally {
    if (opened !== undefined) closeSync(opened.descriptor);
  }
}

/** Takes what a name stands for, after a look at it; the name alone when there cannot be one. `undefined` when it vanished. */
async function takeLooked(
  context: TakeContext, { name, directory, opened }: { readonly name: Uint8Array; readonly directory: DirectoryHandle; readonly opened: OpenedFile | undefined }, path: Uint8Array, parents: ParentPages | undefined,
): Promise<TakenItem | undefined> {
  let facts: FileFacts | undefined;
  try {
    facts = opened?.facts ?? lookAt(directory, name);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return keepByName(context, path, { name, facts, reason: reasonOfCode(code), message: `nobody can look at it: ${code}` });
  }
  if (facts !== undefined) return takeEntry(context, { name, directory, facts, descriptor: opened?.descriptor }, path, parents?.entry());
  if (isMissing(directory, name)) return undefined;
  return keepByName(context, path, { name, facts, reason: 'failed', message: 'it or its directory was replaced while the snapshot was taken' });
}

/** What an equal entry refers to was looked up or saved when it was made; so this costs a look-up only. */
function isRelied({ tools }: TakeContext, { cursor }: ParentPages): boolean {
  return cursor?.everyReference((id, kind) => tools.has(id, kind)) === true;
}
