import { comparePaths, displayPath } from '../source/byte-path.ts';
import type { UnreadReason } from '../format/tree-entry.ts';

/** What kept one item from being handled like the rest. Reasons of unread items are in the snapshot; the others are of the run. */
export type IssueReason =
  | UnreadReason
  | 'vanished'
  | 'torn'
  | 'parent-damaged'
  | 'changes-ignored'
  | 'not-restorable'
  | 'left-out'
  | 'exists'
  | 'in-the-way'
  | 'metadata'
  | 'attributes-unread'
  | 'name'
  | 'damaged';

/** One item that was not handled like the rest; everything else went on. */
export interface ItemIssue {
  /** Relative to the root, names joined by `/`, as bytes. */
  readonly path: Uint8Array;
  /** The same, safe to print. */
  readonly displayPath: string;
  readonly reason: IssueReason;
  readonly message: string;
}

/** Issues kept in a report; the rest are counted. A tree of a million unreadable files must not fill the memory. */
export const maxReportedIssues = 1_000;

/** Issues of one part of the work, on their way between threads. */
export type IssueBundle = Pick<IssueList, 'issues' | 'reasons' | 'count'>;

/** Collects issues up to a bound. */
export class IssueList {
  readonly issues: ItemIssue[] = [];
  readonly reasons = new Set<IssueReason>();
  count = 0;

  add(path: Uint8Array, reason: IssueReason, message: string): void {
    this.reasons.add(reason);
    if (++this.count <= maxReportedIssues) this.issues.push({ path, displayPath: displayPath(path), reason, message });
  }

  bundle(): IssueBundle {
    const { issues, reasons, count } = this;
    return { issues, reasons, count };
  }

  /** Adds what parts of the work met, in the order of the paths: which part did what does not show. */
  addAll(bundles: readonly IssueBundle[]): void {
    const sorted = bundles.flatMap(({ issues }) => issues).toSorted((left, right) => comparePaths(left.path, right.path));
    this.issues.push(...sorted.slice(0, maxReportedIssues - this.issues.length));
    for (const { reasons, count } of bundles) {
      this.count += count;
      for (const reason of reasons) this.reasons.add(reason);
    }
  }
}
