import { lstatSync } from 'node:fs';
import type { TreeEntry } from '../../format/tree-entry.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import { entryFacts } from '../entry-facts.ts';
import { finishDirectory } from './finish-directory.ts';
import { listPages } from './parent-pages.ts';
import { reportDamage } from './report-damage.ts';
import { takeAttributes } from './take-attributes.ts';
import type { TakeContext } from './take-context.ts';
import { isFinished, type NamesToTake, type TakenItem } from './taken-item.ts';
import { takeNames } from './take-names.ts';

const currentDirectory = Buffer.from('.');

/**
 * Stores one directory and everything in it, and answers with its entry; with an open directory when the budget was spent before the end.
 *
 * An item that cannot be read is kept by name with the reason, so that a rollback knows it was there and leaves it alone.
 *
 * @throws system errors when the directory cannot be listed or entered
 */
export async function takeDirectory(
  context: TakeContext,
  handle: DirectoryHandle,
  place: { readonly path: Uint8Array; readonly name: Uint8Array; readonly facts: FileFacts },
  parent: TreeEntry | undefined,
): Promise<Extract<TakenItem, { kind: 'entry' | 'open' }>> {
  const { objects, tally } = context;
  const onDamage = (error: unknown) => reportDamage(context, place.path, error);
  const pages = parent?.type === 'directory' ? await listPages(objects, parent.content, onDamage) : [];
  const listed = listNames(handle);
  // One that may be listed but not entered fails here as a whole, before it is split: else each of its names would.
  if (listed.names.length > 0) lstatSync(handle.pathOf(currentDirectory));
  const items = await takeNames(context, handle, { path: place.path, directory: handle.facts, ...listed, pages });
  tally.directories += 1;
  const head = { ...entryFacts(place.name, place.facts), ...takeAttributes(context, handle.pathOf(currentDirectory), place.path) };
  if (!items.every(isFinished)) return { kind: 'open', directory: { head, items } };
  return { kind: 'entry', entry: await finishDirectory(objects, tally.saved, head, items, {}) };
}

function listNames(handle: DirectoryHandle): Pick<NamesToTake, 'names' | 'files'> {
  const entries = handle.entries();
  return { names: entries.map(({ name }) => name), files: Uint8Array.from(entries, ({ isFile }) => (isFile ? 1 : 0)) };
}
