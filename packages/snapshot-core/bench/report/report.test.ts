import { describe, expect, it } from 'vitest';
import type { BenchRow } from './bench-row.ts';
import { drawPlot } from './draw-plot.ts';
import { formatTable } from './format-table.ts';
import { jsonLine } from './json-line.ts';
import { median } from './median.ts';
import { memoryRows } from './memory-rows.ts';
import { plotGroups } from './plot-groups.ts';

const row: BenchRow = {
  work: 'first snapshot', unit: 'seconds', ours: 2, peers: { 'restic <off>': 17.777_777, 'borg none': 9 }, against: 'restic <off>', ratio: 8.888_888_8, cpuRatio: 7, bar: 8, barIs: 'at least',
  met: true, limit: 1, peakBytes: {}, rounds: 3,
};
const facts = { scale: 'tiny', rounds: 3, imageBytes: 1, treeFiles: 1, seed: 1, cpus: 2, versions: {}, limits: {}, failures: [] };

describe('the report', () => {
  it.each([[[], undefined], [[3], 3], [[9, 1, 5], 5], [[4, 1, 3, 2], 2.5]])('takes medians: %j', (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  it('is a table whose columns line up', () => {
    const lines = formatTable([row, { ...row, work: 'other', unit: 'storedBytes', ours: 3 * 2 ** 20, against: null, ratio: null, bar: 1.05, barIs: 'at most', met: false }]).split('\n');
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
    expect(lines[2]?.split('|').map((cell) => cell.trim()).slice(1, 9)).toEqual(['first snapshot', '2.00 s', 'restic <off> 17.8 s', '8.89×', '7.00×', '≥ 8×', 'yes', '1.00 s (17.8×)']);
    expect(lines[3]).toContain('3.00 MiB');
    expect(lines[3]).toContain('NO');
  });

  it('is one line of JSON with four digits', () => {
    const line = jsonLine([row], facts);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ bench: 'delta', scale: 'tiny', rows: [{ work: 'first snapshot', ours: 2, peers: { 'restic <off>': 17.78, 'borg none': 9 }, ratio: 8.889, bar: 8, limit: 1 }] });
  });

  it('draws every work once, ours first, to a scale of its own', () => {
    const groups = plotGroups([row, { ...row, work: 'first snapshot, against borg' }, { ...row, work: 'stored', unit: 'storedBytes' }]);
    expect(groups.map(({ title }) => title)).toEqual(['first snapshot']);
    expect(groups[0]?.bars.map(({ name }) => name)).toEqual(['ours', 'restic <off>', 'borg none']);
    const plot = drawPlot(groups, 'tiny');
    const widths = [...plot.matchAll(/<rect class="(?:ours|peer)"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths[0]).toBeCloseTo((250 * 2) / 17.777_777, 0);
    expect(widths[1]).toBe(250);
    expect(plot).toContain('8.9× as fast as restic &lt;off&gt;');
  });

  it('judges peak memory by the most of all our steps, and each size of image', () => {
    const peak = (work: 'image' | 'memory', contender: string, step: string, megabytes: number) => ({ work, contender, step, round: 1, measures: { peakBytes: megabytes * 2 ** 20 } }) as const;
    const rows = memoryRows([peak('image', 'ours zstd', 'first', 100), peak('image', 'ours BLAKE3', 'restore', 257), peak('image', 'restic off', 'first', 90), peak('memory', 'ours zstd', '1024 MiB', 256)]);
    expect(rows.map(({ ours, met, peers }) => [ours / 2 ** 20, met, peers])).toEqual([[257, false, { 'restic off': 90 * 2 ** 20 }], [256, true, {}]]);
    expect(memoryRows([{ ...peak('image', 'ours zstd', 'first', 0), measures: {} }])).toEqual([]);
  });
});
