import { hardLinkGroup } from '../../format/hard-link-group.ts';
import type { DirectoryEntry, FileEntry, SymlinkEntry } from '../../format/tree-entry.ts';
import { WindowsDirectoryNames } from '../../format/windows-name.ts';
import type { IssueReason } from '../item-issue.ts';
import type { SnapshotItem } from '../list-snapshot.ts';

/** One thing a restore does, in order. Directories nest: what lies between `make-directory` and `finish-directory` is inside. */
export type RestoreStep =
  | { readonly action: 'make-directory'; readonly path: Uint8Array; readonly entry: DirectoryEntry }
  | { readonly action: 'finish-directory'; readonly path: Uint8Array; readonly entry: DirectoryEntry }
  | { readonly action: 'write-file'; readonly path: Uint8Array; readonly entry: FileEntry }
  | { readonly action: 'make-symlink'; readonly path: Uint8Array; readonly entry: SymlinkEntry }
  /** Another name of a file written before. */
  | { readonly action: 'link'; readonly path: Uint8Array; readonly entry: FileEntry; readonly existingPath: Uint8Array }
  | { readonly action: 'skip'; readonly path: Uint8Array; readonly reason: IssueReason; readonly message: string };

/**
 * Decides what a restore does with each listed item. Pure: touches neither repository nor target.
 *
 * @param items as from `listSnapshot`
 * @param options `windowsNames`: the target is a Windows file system; names it cannot hold, or cannot tell from others in the same directory, are skipped with a reason
 */
export async function* planRestore(items: AsyncIterable<SnapshotItem> | Iterable<SnapshotItem>, options: { readonly windowsNames?: boolean } = {}): AsyncGenerator<RestoreStep> {
  const written = new Map<string, Uint8Array>();
  const refused: Uint8Array[] = [];
  /** Names made so far, one set for each directory that is being filled, outermost first. */
  const made: WindowsDirectoryNames[] = [];
  for await (const item of items) {
    const { path } = item;
    if (refused.some((prefix) => Buffer.compare(path.subarray(0, prefix.length), prefix) === 0 && (path.length === prefix.length || path[prefix.length] === 0x2f))) continue;
    if (item.step === 'damaged') {
      yield { action: 'skip', path, reason: 'damaged', message: `the rest of this directory is lost: ${item.message}` };
      continue;
    }
    if (item.step === 'leave') {
      made.pop();
      yield { action: 'finish-directory', path, entry: item.entry };
      continue;
    }
    const problem = options.windowsNames === true && item.entry.type !== 'unread' ? made.at(-1)?.problemOf(item.entry.name) : undefined;
    if (problem !== undefined) {
      refused.splice(0, refused.length, path);
      yield { action: 'skip', path, reason: 'name', message: `Windows cannot hold this name: ${problem}` };
      continue;
    }
    if (item.entry.type === 'directory') made.push(new WindowsDirectoryNames());
    yield planEntry(item, written);
  }
}

function planEntry({ path, entry }: Extract<SnapshotItem, { step: 'entry' }>, written: Map<string, Uint8Array>): RestoreStep {
  switch (entry.type) {
    case 'directory':
      return { action: 'make-directory', path, entry };
    case 'symlink':
      return { action: 'make-symlink', path, entry };
    case 'unread':
      if (entry.reason === 'damaged') return { action: 'skip', path, reason: 'damaged', message: 'its content was lost in the repository before that was repaired' };
      // Nothing is missing that somebody wanted to be there.
      if (entry.reason === 'excluded' || entry.reason === 'repository') return { action: 'skip', path, reason: 'left-out', message: `it was left out of the snapshot on purpose (${entry.reason})` };
      return { action: 'skip', path, reason: 'not-restorable', message: `the snapshot knows only its name (${entry.reason})` };
    case 'file': {
      const group = hardLinkGroup(entry);
      if (group === undefined) return { action: 'write-file', path, entry };
      const existingPath = written.get(group);
      if (existingPath !== undefined) return { action: 'link', path, entry, existingPath };
      written.set(group, path);
      return { action: 'write-file', path, entry };
    }
  }
}
