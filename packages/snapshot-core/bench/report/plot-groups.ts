import type { BenchRow } from './bench-row.ts';

/** Some bars that belong together: one work, ours first. */
export interface PlotGroup {
  readonly title: string;
  /** How much faster, and than whom; empty when there is nobody to compare with. */
  readonly claim: string;
  /** Seconds, ours first. */
  readonly bars: readonly { readonly name: string; readonly seconds: number; readonly isOurs: boolean; readonly label: string }[];
  /** Seconds that the machine itself needs. */
  readonly limit: number | null;
}

/** What of the report is drawn: times that have something beside them, each work once. Pure. */
export function plotGroups(rows: readonly BenchRow[]): PlotGroup[] {
  return rows
    .filter(({ unit, work, peers }) => unit === 'seconds' && !work.includes(', against ') && Object.keys(peers).length > 0)
    .map(({ work, ours, peers, ratio, against, limit }) => ({
      title: work,
      claim: ratio === null || against === null ? '' : `${short(ratio)}× as fast as ${against}`,
      // Where plain reading is a bar of its own, a line would say it twice.
      limit: 'plain read' in peers ? null : limit,
      bars: [
        { name: 'ours', seconds: ours, isOurs: true, label: `${short(ours)} s` },
        ...Object.entries(peers).map(([name, seconds]) => ({ name, seconds, isOurs: false, label: `${short(seconds)} s` })),
      ],
    }));
}

function short(value: number): string {
  return value.toFixed(value < 1 ? 2 : value < 20 ? 1 : 0);
}
