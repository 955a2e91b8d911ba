import type { TakenSnapshot } from '../snapshot/take-snapshot.ts';
import type { ItemIssue } from '../snapshot/item-issue.ts';
import type { RollbackAction } from './rollback-action.ts';

/** How far a rollback is. */
export interface RollbackProgress {
  readonly phase: 'check' | 'safety-snapshot' | 'remove' | 'write' | 'verify';
  /** Of the stored content: how much was compared, and where needed written, so far. */
  readonly bytesDone: number;
  readonly totalBytes: number;
  readonly bytesWritten: number;
}

/** What a rollback did. */
export interface RollbackReport {
  readonly operationId: string;
  readonly snapshotId: string;
  /** How many paths were handled how. After a resumed rollback: in this run alone. */
  readonly actions: Readonly<Record<RollbackAction['action'], number>>;
  readonly bytesWritten: number;
  readonly bytesDeleted: number;
  /** The safety snapshot, when this run took it; its id is known in any case. */
  readonly safetySnapshot?: TakenSnapshot;
  readonly safetySnapshotId?: string;
  /** True when there are no issues: the target is the snapshot. */
  readonly complete: boolean;
  /** The first 1,000 issues. */
  readonly issues: readonly ItemIssue[];
  readonly issueCount: number;
}
