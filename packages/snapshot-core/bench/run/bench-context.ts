import type { Contender } from '../peers/contender.ts';
import type { Field } from '../peers/find-contenders.ts';
import { runCommand } from './run-command.ts';
import type { Command, Effort } from './run-command.ts';
import type { Measures, Sample, Work } from './sample.ts';
import type { Scale } from './scale.ts';

/** What every work gets. */
export interface BenchContext {
  readonly seed: number;
  readonly scale: Scale;
  /** An existing folder that the bench owns. */
  readonly folder: string;
  readonly field: Field;
  /** Tells the person who waits what is going on. */
  readonly say: (line: string) => void;
  readonly record: (sample: Sample) => void;
  /** Something went wrong: the run goes on, and ends with status 1. */
  readonly fail: (message: string) => void;
}

/** Where a sample belongs. */
export interface Turn {
  readonly work: Work;
  readonly contender: string;
  readonly round: number;
}

/** Runs and records one step. @param more measures that are known only afterwards */
export async function measureStep(context: BenchContext, turn: Turn, step: string, command: Command, more?: (effort: Effort) => Measures): Promise<void> {
  const effort = await runCommand(command);
  const { seconds, cpuSeconds, peakBytes } = effort;
  context.record({ ...turn, step, measures: { seconds, cpuSeconds, ...(peakBytes !== undefined && { peakBytes }), ...more?.(effort) } });
}

/** Who takes part in a work, in an order that turns by one each round, so that nobody is always first. */
export function contendersOf(context: BenchContext, kind: Contender['works'][number], round: number): Contender[] {
  const all = context.field.contenders.filter(({ works }) => works.includes(kind));
  const first = (round - 1) % Math.max(1, all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
