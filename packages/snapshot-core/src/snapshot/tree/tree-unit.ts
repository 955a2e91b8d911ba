import type { TreeEntry, UnreadReason } from '../../format/tree-entry.ts';
import type { IssueBundle } from '../item-issue.ts';
import type { TallyCounts } from '../snapshot-tally.ts';
import type { LinkedFile } from './linked-file.ts';
import type { NamesToTake, TakenItem } from './taken-item.ts';

/** What is the same for every unit of one tree. */
export interface TreeRun {
  /** A path for system calls that leads to the root, in every thread. */
  readonly root: Uint8Array;
  readonly device: bigint;
  readonly excluded: ReadonlyMap<string, Extract<UnreadReason, 'excluded' | 'repository'>>;
  readonly verifyAll: boolean;
  readonly generation: number;
  /** How far the caller's clock is ahead of this machine's. */
  readonly clockOffsetMs: number;
  /** Only where everything runs on the calling thread. */
  readonly windowsAttributes?: ((path: Uint8Array) => number | undefined) | undefined;
}

/** A part of a tree that one thread takes: the root, or names of one directory, each with what is below, as far as the budget goes. */
export interface TreeUnit {
  readonly run: TreeRun;
  readonly work: { readonly kind: 'root'; readonly parent: TreeEntry | undefined } | ({ readonly kind: 'names' } & NamesToTake);
  readonly budgetEntries: number;
}

/** What came of a unit. */
export interface TakenUnit {
  readonly items: readonly TakenItem[];
  readonly counts: TallyCounts;
  readonly issues: IssueBundle;
  readonly linkedFiles: readonly LinkedFile[];
}
