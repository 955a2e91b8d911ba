import { readlinkSync } from 'node:fs';
import { isEntryName } from '../../format/entry-name.ts';
import type { TreeEntry, UnreadReason } from '../../format/tree-entry.ts';
import { fileIdKey } from '../../source/file-facts.ts';
import { isMissing, type PresentEntry } from '../../source/list-directory.ts';
import { isGone, systemErrorCode } from '../../source/system-error-code.ts';
import { classifyWindowsAttributes } from '../../source/windows-attributes.ts';
import { entryFacts } from '../entry-facts.ts';
import { keepByName, reasonOfCode } from './keep-by-name.ts';
import type { OpenedEntry } from './open-listed-file.ts';
import { takeAttributes } from './take-attributes.ts';
import type { TakeContext } from './take-context.ts';
import { takeFile } from './take-file.ts';
import type { TakenItem } from './taken-item.ts';

/** Takes what one name stands for; `undefined` when it vanished, or its name cannot be stored. */
export async function takeEntry(context: TakeContext, present: OpenedEntry, path: Uint8Array, parent: TreeEntry | undefined): Promise<TakenItem | undefined> {
  const left = reasonToLeave(context, present, path);
  const { name, facts, directory } = present;
  if (left !== undefined) return keepByName(context, path, { name, facts, ...left });
  const { tally } = context;
  try {
    if (facts.type === 'symlink') {
      const target = new Uint8Array(readlinkSync(directory.pathOf(name), { encoding: 'buffer' }));
      tally.symlinks += 1;
      return { kind: 'entry', entry: { type: 'symlink', ...entryFacts(name, facts), ...takeAttributes(context, directory.pathOf(name), path), size: target.length, target } };
    }
    if (facts.type === 'file') {
      const entry = await takeFile(context, present, path, parent);
      if (entry === undefined) tally.issues.add(path, 'vanished', 'it vanished while the snapshot was taken');
      else if (entry.torn) tally.issues.add(path, 'torn', 'it changed while it was read, twice; the stored content is a mixture');
      return entry && { kind: 'entry', entry };
    }
    const child = directory.openChild(name);
    try {
      return await context.takeDirectory(context, child, { path, name, facts: child.facts }, parent);
    } finally {
      child.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (isGone(error) && isMissing(directory, name)) {
      tally.issues.add(path, 'vanished', 'it vanished while the snapshot was taken');
      return undefined;
    }
    return keepByName(context, path, { name, facts, reason: reasonOfCode(code), message: `it could not be read: ${code}` });
  }
}

/** Why an entry is kept by name alone, if so. */
function reasonToLeave(context: TakeContext, { name, facts }: PresentEntry, path: Uint8Array): { readonly reason: UnreadReason; readonly message: string } | undefined {
  const exclusion = context.excludedInodes.has(Number(facts.inode)) ? context.excluded.get(fileIdKey(facts)) : undefined;
  if (exclusion !== undefined) return { reason: exclusion, message: 'left out as asked' };
  if (!isEntryName(name)) return { reason: 'failed', message: 'the name is longer than a snapshot can hold' };
  if (facts.type === 'special') return { reason: 'special', message: 'a fifo, socket or device is never opened' };
  if (facts.device !== context.device) return { reason: 'other-file-system', message: 'another file system is mounted here' };
  const bits = context.windowsAttributes?.(path);
  const away = bits === undefined ? undefined : classifyWindowsAttributes(bits);
  if (away === 'offline') return { reason: away, message: 'its content is not on this machine; it is not fetched' };
  // Of a directory it says only what new files in it become.
  if (away === 'encrypted' && facts.type === 'file') return { reason: away, message: 'it is encrypted by EFS for one user; it is not stored in the clear' };
  return undefined;
}
