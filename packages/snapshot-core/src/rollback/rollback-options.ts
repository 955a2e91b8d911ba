import type { CallOptions } from '../repository/call-options.ts';
import type { Clock } from '../repository/clock.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { RollbackProgress } from './rollback-report.ts';

/** How to continue a rollback. */
export interface ResumeRollbackOptions extends CallOptions {
  /** Compare the whole target once more at the end, not only what was written. Default false. */
  readonly verifyAll?: boolean;
  /** Threads that compare and write a volume that is a file or device of this process; 0 for none. Default: one for each processor, and none for small volumes. */
  readonly workers?: number;
  readonly onProgress?: (progress: RollbackProgress) => void;
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
}

/** How to roll back. */
export interface RollbackOptions extends ResumeRollbackOptions {
  /** Names this rollback, 1 to 200 bytes of UTF-8. The same id with the same snapshot and target continues it. */
  readonly operationId: string;
  /** Take a snapshot of the target first, so that the rollback can be undone. Default false. */
  readonly safetySnapshot?: boolean;
  /**
   * Give up unfinished rollbacks of the same target, such as one whose snapshot turned out to be damaged, in favour of this one; what was
   * recorded and cannot be read any more does not hold it up either. Default false.
   */
  readonly supersede?: boolean;
  /** Default: the system's time. */
  readonly clock?: Pick<Clock, 'nowMs'>;
}
