import type { Measure } from '../run/sample.ts';

/** One line of the report; medians of the rounds. Names are those of the JSON line. */
export interface BenchRow {
  readonly work: string;
  /** What the numbers are: seconds and bytes are better small, speeds large. */
  readonly unit: Measure;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  /** Which peer or fact the ratio is against, or null. */
  readonly against: string | null;
  /** Time: theirs / ours. Bytes: ours / theirs. */
  readonly ratio: number | null;
  /** The same with user and system time instead of the clock: steadier on a busy machine. */
  readonly cpuRatio: number | null;
  readonly bar: number | null;
  readonly barIs: 'at least' | 'at most' | null;
  readonly met: boolean | null;
  /** The least that this machine could do it in, in the same unit. */
  readonly limit: number | null;
  readonly peakBytes: Readonly<Record<string, number>>;
  readonly rounds: number;
}
