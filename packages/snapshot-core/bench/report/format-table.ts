import type { BenchRow } from './bench-row.ts';
import { formatNumber, threeDigits } from './format-number.ts';

const titles = ['work', 'ours', 'against', 'ratio', 'by CPU', 'bar', 'met', 'limit', 'others'];

/** The report as a table in Markdown, which reads as well on a terminal. Pure. */
export function formatTable(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => {
    const { work, unit, ours, against, ratio, cpuRatio, bar, met, limit } = row;
    const theirs = against === null ? undefined : row.peers[against];
    const others = Object.entries(row.peers).filter(([name]) => name !== against);
    return [
      work,
      formatNumber(ours, unit),
      against === null ? '' : `${against}${theirs === undefined ? ' (not measured)' : ` ${formatNumber(theirs, unit)}`}`,
      ratio === null ? '' : `${threeDigits(ratio)}×`,
      cpuRatio === null ? '' : `${threeDigits(cpuRatio)}×`,
      bar === null ? '' : formatBar(row, bar),
      met === null ? '' : met ? 'yes' : 'NO',
      limit === null ? '' : `${formatNumber(limit, unit)}${theirs === undefined ? '' : ` (${threeDigits(theirs / limit)}×)`}`,
      others.map(([name, value]) => `${name} ${formatNumber(value, unit)}`).join(', '),
    ];
  });
  const widths = titles.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const render = (cells: readonly string[]): string => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [render(titles), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(render)].join('\n');
}

function formatBar({ barIs, against, unit }: BenchRow, bar: number): string {
  return `${barIs === 'at least' ? '≥' : '≤'} ${against === null ? formatNumber(bar, unit) : `${bar}×`}`;
}
