import type { ContentReference, DirectoryEntry, TreeEntry } from '../../format/tree-entry.ts';
import type { FileId } from '../../source/file-facts.ts';

/** A page of the parent all of whose entries are as they were. */
export interface WholePage {
  readonly reference: ContentReference;
  readonly lastName: Uint8Array;
}

/** Names of one directory that are still to be taken. */
export interface NamesToTake {
  /** Path of the directory beneath the root, and which directory it has to be. */
  readonly path: Uint8Array;
  readonly directory: FileId;
  /** Byte text, sorted. */
  readonly names: readonly string[];
  /** For each name 1 when the directory lists it as a regular file. */
  readonly files: Uint8Array;
  /** Pages of the parent in which these names may be, in order. */
  readonly pages: readonly ContentReference[];
}

/** A directory's own entry but for what it holds. */
export type DirectoryHead = Omit<DirectoryEntry, 'type' | 'size' | 'content'>;

/** A directory of which something is still to be taken. */
export interface OpenDirectory {
  readonly head: DirectoryHead;
  readonly items: readonly TakenItem[];
}

/** What became of a stretch of names, in their order. Survives structured cloning. */
export type TakenItem =
  | { readonly kind: 'entry'; readonly entry: TreeEntry }
  | { readonly kind: 'page'; readonly page: WholePage }
  | { readonly kind: 'open'; readonly directory: OpenDirectory }
  | { readonly kind: 'rest'; readonly rest: NamesToTake };

/** An item of a directory that is done. */
export type FinishedItem = Extract<TakenItem, { kind: 'entry' | 'page' }>;

export function isFinished(item: TakenItem): item is FinishedItem {
  return item.kind === 'entry' || item.kind === 'page';
}
