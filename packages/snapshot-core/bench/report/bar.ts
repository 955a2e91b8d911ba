import type { LimitName } from '../limits/limit-operations.ts';
import type { Measure, Work } from '../run/sample.ts';

/** One line of the report: what is compared, and what is asked of it. */
export interface Bar {
  readonly title: string;
  readonly work: Work;
  readonly step: string;
  readonly measure: Measure;
  /** Our contender. */
  readonly ours: string;
  /** The contender or fact that the ratio is against; none when the bar is a number of its own. */
  readonly against?: string;
  /** More contenders to show. */
  readonly beside?: readonly string[];
  /** The ratio (without `against`: our number) must be at least, or at most, this. Neither: shown only. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What the machine's own limit is made of, one after the other on all workers; else the step's `plain read`. */
  readonly limit?: readonly LimitName[];
}
