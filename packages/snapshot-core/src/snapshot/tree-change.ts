import { sameAttributes } from '../format/extended-attribute.ts';
import type { TreeEntry } from '../format/tree-entry.ts';
import { displayPath } from '../source/byte-path.ts';

/** One path in which two states of a tree differ. */
export interface TreeChange {
  /** Relative, names joined by `/`, as bytes. */
  readonly path: Uint8Array;
  /** The same, safe to print. */
  readonly displayPath: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly type: TreeEntry['type'];
  /** What differs in a changed entry. A type that changed shows as removed and added. */
  readonly what: readonly ('content' | 'metadata')[];
  /** Size of what was added or removed; of changed content, the bytes of the chunks of the later state that are not at the same place in the earlier one. */
  readonly bytes: number;
}

/** Counts and bytes of changes. */
export interface ChangeSummary {
  readonly added: { readonly count: number; readonly bytes: number };
  readonly removed: { readonly count: number; readonly bytes: number };
  readonly changed: { readonly count: number; readonly bytes: number };
}

/** Makes a change. */
export function treeChange(path: Uint8Array, change: TreeChange['change'], type: TreeChange['type'], bytes: number, what: TreeChange['what'] = []): TreeChange {
  return { path, displayPath: displayPath(path), change, type, what, bytes };
}

/** Adds changes up; pass them on to `onChange` to show them meanwhile. */
export async function summarizeChanges(changes: AsyncIterable<TreeChange>, onChange: (change: TreeChange) => void = () => {}): Promise<ChangeSummary> {
  const summary = { added: { count: 0, bytes: 0 }, removed: { count: 0, bytes: 0 }, changed: { count: 0, bytes: 0 } };
  for await (const change of changes) {
    summary[change.change].count += 1;
    summary[change.change].bytes += change.bytes;
    onChange(change);
  }
  return summary;
}

/** Whether mode, owner, time or what is known of extended attributes differ; times of directories follow from their content and do not count. */
export function metadataDiffers(left: TreeEntry, right: TreeEntry, type: TreeEntry['type']): boolean {
  return (left.mode !== right.mode && type !== 'symlink') || left.userId !== right.userId || left.groupId !== right.groupId
    || (type !== 'directory' && left.modifiedMicros !== right.modifiedMicros)
    || attributesDiffer(left, right);
}

function attributesDiffer(left: TreeEntry, right: TreeEntry): boolean {
  if (left.type === 'unread' || right.type === 'unread' || left.attributes === undefined || right.attributes === undefined) return false;
  return !sameAttributes(left.attributes.list, right.attributes.list);
}
