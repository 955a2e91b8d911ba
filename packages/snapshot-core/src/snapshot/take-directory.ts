import { readlinkSync } from 'node:fs';
import type { DirectoryEntry, TreeEntry, UnreadReason } from '../format/tree-entry.ts';
import { isEntryName } from '../format/entry-name.ts';
import { joinPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { fileIdKey } from '../source/file-facts.ts';
import type { FileFacts } from '../source/file-facts.ts';
import { listDirectory } from '../source/list-directory.ts';
import type { PresentEntry } from '../source/list-directory.ts';
import { isGone, systemErrorCode } from '../source/system-error-code.ts';
import { classifyWindowsAttributes } from '../source/windows-attributes.ts';
import { entryFacts } from './entry-facts.ts';
import { openNameLookup } from './name-lookup.ts';
import type { NameLookup } from './name-lookup.ts';
import { PageBuilder } from './page-builder.ts';
import { readDirectory } from './read-content.ts';
import type { TakeContext } from './take-context.ts';
import { isDamage } from './is-damage.ts';
import { takeAttributes } from './take-attributes.ts';
import { takeFile } from './take-file.ts';

const currentDirectory = Buffer.from('.');

/**
 * Stores one directory and everything in it, and answers with its entry.
 *
 * An item that cannot be read is kept by name with the reason, so that a rollback knows it was there and leaves it alone.
 */
export async function takeDirectory(
  context: TakeContext,
  handle: DirectoryHandle,
  place: { readonly path: Uint8Array; readonly name: Uint8Array; readonly facts: FileFacts },
  parent: TreeEntry | undefined,
): Promise<DirectoryEntry> {
  const { repository, tally, options } = context;
  const pages = new PageBuilder(repository, tally.saved);
  const parents = openParent(context, place.path, parent);
  let count = 0;
  try {
    for (const present of listDirectory(handle)) {
      await context.pacer.step();
      const entry = await takeEntry(context, present, joinPath(place.path, present.name), await parents.find(present.name));
      if (entry === undefined) continue;
      await pages.add(entry, options);
      count += 1;
    }
  } finally {
    await parents.close();
  }
  tally.directories += 1;
  return { type: 'directory', ...entryFacts(place.name, place.facts), ...takeAttributes(context, handle.pathOf(currentDirectory), place.path), size: count, content: await pages.finish(options) };
}

/** A damaged parent costs speed, never the snapshot: what cannot be looked up is read again. */
function openParent(context: TakeContext, path: Uint8Array, parent: TreeEntry | undefined): NameLookup<TreeEntry> {
  if (parent?.type !== 'directory') return { find: async () => undefined, close: async () => {} };
  const lookup = openNameLookup(readDirectory(context.repository, parent, context.options));
  let damaged = false;
  return {
    async find(name) {
      if (damaged) return undefined;
      try {
        return await lookup.find(name);
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged = true;
        context.tally.issues.add(path, 'parent-damaged', `the parent snapshot cannot be read here, so everything is read from the source: ${String(error)}`);
        return undefined;
      }
    },
    close: () => lookup.close(),
  };
}

async function takeEntry(context: TakeContext, present: PresentEntry, path: Uint8Array, parent: TreeEntry | undefined): Promise<TreeEntry | undefined> {
  const { name, facts, directory } = present;
  const { tally } = context;
  const exclusion = context.excluded.get(fileIdKey(facts));
  if (exclusion !== undefined) return unread(context, present, path, exclusion, 'left out as asked');
  if (!isEntryName(name)) return unread(context, present, path, 'failed', 'the name is longer than a snapshot can hold');
  if (facts.type === 'special') return unread(context, present, path, 'special', 'a fifo, socket or device is never opened');
  if (facts.device !== context.device) return unread(context, present, path, 'other-file-system', 'another file system is mounted here');
  const bits = context.windowsAttributes?.(path);
  const away = bits === undefined ? undefined : classifyWindowsAttributes(bits);
  if (away === 'offline') return unread(context, present, path, away, 'its content is not on this machine; it is not fetched');
  // Of a directory it says only what new files in it become.
  if (away === 'encrypted' && facts.type === 'file') return unread(context, present, path, away, 'it is encrypted by EFS for one user; it is not stored in the clear');
  try {
    if (facts.type === 'symlink') {
      const target = readlinkSync(directory.pathOf(name), { encoding: 'buffer' });
      tally.symlinks += 1;
      return { type: 'symlink', ...entryFacts(name, facts), ...takeAttributes(context, directory.pathOf(name), path), size: target.length, target };
    }
    if (facts.type === 'file') {
      const entry = await takeFile(context, present, path, parent);
      if (entry === undefined) tally.issues.add(path, 'vanished', 'it vanished while the snapshot was taken');
      else if (entry.torn) tally.issues.add(path, 'torn', 'it changed while it was read, twice; the stored content is a mixture');
      tally.progress();
      return entry;
    }
    const child = directory.openChild(name);
    try {
      return await takeDirectory(context, child, { path, name, facts: child.facts }, parent);
    } finally {
      child.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (isGone(error)) {
      tally.issues.add(path, 'vanished', 'it vanished while the snapshot was taken');
      return undefined;
    }
    return unread(context, present, path, code === 'EACCES' || code === 'EPERM' ? 'permission' : 'failed', `it could not be read: ${code}`);
  }
}

function unread(context: TakeContext, present: PresentEntry, path: Uint8Array, reason: UnreadReason, message: string): TreeEntry | undefined {
  context.tally.skipped += 1;
  // What was left out on purpose is no surprise to anybody.
  if (reason !== 'excluded' && reason !== 'repository') context.tally.issues.add(path, reason, message);
  if (!isEntryName(present.name)) return undefined;
  return { type: 'unread', ...entryFacts(present.name, present.facts), size: 0, reason };
}
