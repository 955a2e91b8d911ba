import type { PlotGroup } from './plot-groups.ts';

const columnWidth = 520;
const nameWidth = 92;
const longestBar = 250;
const barHeight = 13;
const barStep = 17;
const titleHeight = 24;
const groupGap = 14;
const top = 64;

/** A plot as SVG: bars by work, each work on a scale of its own, shorter is better; readable on light and dark. Pure. */
export function drawPlot(groups: readonly PlotGroup[], subtitle: string): string {
  const columns = balance(groups);
  const heightOf = (column: readonly PlotGroup[]): number => column.reduce((sum, group) => sum + groupHeight(group), top);
  const height = Math.max(...columns.map(heightOf)) + 8;
  const body = columns.flatMap((column, index) => {
    let y = top;
    return column.map((group) => {
      const drawn = drawGroup(group, 20 + index * columnWidth, y);
      y += groupHeight(group);
      return drawn;
    });
  });
  const width = 20 + columnWidth * columns.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Times of snapshots, restores and rollbacks, ours beside other programs">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .head { font-size: 17px; font-weight: 600 } .title { font-weight: 600 } .claim { font-weight: 400; fill: #0a7d45 } .quiet { fill: #59636e }
  .page { fill: #ffffff } .ours { fill: #0a7d45 } .peer { fill: #b4bcc6 } .limit { stroke: #c2410c; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .claim { fill: #3fb950 } .quiet { fill: #9198a1 }
    .page { fill: #0d1117 } .ours { fill: #2ea567 } .peer { fill: #545d68 } .limit { stroke: #f0883e }
  }
</style>
<rect class="page" width="${width}" height="${height}"/>
<text class="head" x="20" y="28">Seconds, shorter is better</text>
<text class="quiet" x="20" y="48">${escapeText(subtitle)}; the line across a bar is what this machine needs at least</text>
${body.join('\n')}
</svg>
`;
}

function groupHeight({ bars }: PlotGroup): number {
  return titleHeight + bars.length * barStep + groupGap;
}

/** Fills the first column to about half of the height. */
function balance(groups: readonly PlotGroup[]): PlotGroup[][] {
  const total = groups.reduce((sum, group) => sum + groupHeight(group), 0);
  const [left, right]: [PlotGroup[], PlotGroup[]] = [[], []];
  let height = 0;
  for (const group of groups) {
    (height + groupHeight(group) / 2 <= total / 2 ? left : right).push(group);
    height += groupHeight(group);
  }
  return [left, right].filter((column) => column.length > 0);
}

function drawGroup({ title, claim, bars, limit }: PlotGroup, x: number, y: number): string {
  const longest = Math.max(...bars.map(({ seconds }) => seconds), limit ?? 0) || 1;
  const lengthOf = (seconds: number): number => Number(Math.max(1, (seconds / longest) * longestBar).toFixed(1));
  const lines = bars.map(({ name, seconds, isOurs, label }, index) => {
    const barY = y + titleHeight - 10 + index * barStep;
    const textY = barY + barHeight - 3;
    return [
      `<text x="${x + nameWidth - 8}" y="${textY}" text-anchor="end"${isOurs ? ' class="title"' : ' class="quiet"'}>${escapeText(name)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'peer'}" x="${x + nameWidth}" y="${barY}" width="${lengthOf(seconds)}" height="${barHeight}" rx="2"/>`,
      // Behind the mark of the limit, where that comes later than the end of the bar.
      `<text x="${x + nameWidth + lengthOf(isOurs ? Math.max(seconds, limit ?? 0) : seconds) + 7}" y="${textY}"${isOurs ? ' class="title"' : ''}>${escapeText(label)}</text>`,
    ].join('');
  });
  const limitX = x + nameWidth + lengthOf(limit ?? 0);
  const limitY = y + titleHeight - 12;
  const mark = limit === null ? '' : `<line class="limit" x1="${limitX}" x2="${limitX}" y1="${limitY}" y2="${limitY + barHeight + 4}"/>`;
  return [`<text class="title" x="${x}" y="${y + 6}">${escapeText(title)}<tspan class="claim" dx="10">${escapeText(claim)}</tspan></text>`, ...lines, mark].join('\n');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
