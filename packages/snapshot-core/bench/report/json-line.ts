import type { Limits } from '../limits/measure-limits.ts';
import type { BenchRow } from './bench-row.ts';

/** What a run was, for whoever compares two of them. */
export interface RunFacts {
  readonly scale: string;
  readonly rounds: number;
  readonly imageBytes: number;
  readonly treeFiles: number;
  readonly seed: number;
  readonly cpus: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Medians, bytes per second of the whole machine. */
  readonly limits: Partial<Limits>;
  /** What went wrong: commands that failed, bytes that differ. */
  readonly failures: readonly string[];
}

/** The whole report as one line of JSON; sizes in bytes, times in seconds, four digits. Pure. */
export function jsonLine(rows: readonly BenchRow[], run: RunFacts): string {
  return JSON.stringify({ bench: 'delta', ...run, rows }, (_key, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value));
}
