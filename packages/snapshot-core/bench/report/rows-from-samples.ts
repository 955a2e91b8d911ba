import type { LimitName } from '../limits/limit-operations.ts';
import type { Limits } from '../limits/measure-limits.ts';
import type { Measure, Sample } from '../run/sample.ts';
import type { Bar } from './bar.ts';
import type { BenchRow } from './bench-row.ts';
import { median } from './median.ts';

/** What rows are made from. */
export interface Measured {
  readonly samples: readonly Sample[];
  /** Of each round. */
  readonly limits: readonly Limits[];
  readonly imageBytes: number;
}

/** The rows for those bars whose work was measured, in the bars' order. Pure. */
export function rowsFromSamples(measured: Measured, bars: readonly Bar[]): BenchRow[] {
  return bars.flatMap((bar) => rowOf(measured, bar) ?? []);
}

function rowOf(measured: Measured, bar: Bar): BenchRow | undefined {
  const numbersOf = (contender: string, measure: Measure): number[] =>
    measured.samples.flatMap((sample) => (sample.work === bar.work && sample.step === bar.step && sample.contender === contender ? (sample.measures[measure] ?? []) : []));
  const of = (contender: string, measure: Measure = bar.measure): number | undefined => median(numbersOf(contender, measure));
  const ours = of(bar.ours);
  if (ours === undefined) return undefined;
  const names = [...new Set([...(bar.against === undefined ? [] : [bar.against]), ...(bar.beside ?? [])])];
  const theirs = bar.against === undefined ? undefined : of(bar.against);
  const isTime = bar.measure === 'seconds';
  const ratio = theirs === undefined ? null : divide(isTime ? theirs : ours, isTime ? ours : theirs);
  const [ourCpu, theirCpu] = [of(bar.ours, 'cpuSeconds'), bar.against === undefined ? undefined : of(bar.against, 'cpuSeconds')];
  const judged = bar.against === undefined ? ours : ratio;
  return {
    work: bar.title,
    unit: bar.measure,
    ours,
    peers: pickNumbers(names, (name) => of(name)),
    against: bar.against ?? null,
    ratio,
    cpuRatio: isTime && ourCpu !== undefined && theirCpu !== undefined ? divide(theirCpu, ourCpu) : null,
    bar: bar.atLeast ?? bar.atMost ?? null,
    barIs: bar.atLeast !== undefined ? 'at least' : bar.atMost !== undefined ? 'at most' : null,
    met: judged === null || (bar.atLeast === undefined && bar.atMost === undefined) ? null : judged >= (bar.atLeast ?? -Infinity) && judged <= (bar.atMost ?? Infinity),
    limit: isTime ? (bar.limit === undefined ? (of('plain read') ?? null) : limitSeconds(measured, bar.limit)) : null,
    peakBytes: pickNumbers([bar.ours, ...names], (name) => of(name, 'peakBytes')),
    rounds: numbersOf(bar.ours, bar.measure).length,
  };
}

/** Seconds for all bytes of the image through each operation in turn, with all workers at it. */
function limitSeconds({ limits, imageBytes }: Measured, operations: readonly LimitName[]): number | null {
  const parts = operations.map((operation) => median(limits.map((round) => round[operation])));
  return parts.every((speed) => speed !== undefined) ? parts.reduce((sum, speed) => sum + imageBytes / speed, 0) : null;
}

function divide(above: number, below: number): number | null {
  return below > 0 ? above / below : null;
}

function pickNumbers(names: readonly string[], of: (name: string) => number | undefined): Record<string, number> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = of(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
