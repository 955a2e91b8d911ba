import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';
import { drawPlot } from './draw-plot.ts';
import { formatTable } from './format-table.ts';
import type { RunFacts } from './json-line.ts';
import { plotGroups } from './plot-groups.ts';

const pagePath = fileURLToPath(new URL('../../../../docs/benchmarks.md', import.meta.url));
const plotPath = fileURLToPath(new URL('../../../../docs/bench-delta.svg', import.meta.url));
const generated = /(<!-- bench:delta begin -->\n)[^]*(<!-- bench:delta end -->)/;

/** Puts the numbers of a run into the page of the docs, between its two marks, and draws the plot beside it. */
export function writeDocs(rows: readonly BenchRow[], facts: RunFacts): void {
  const page = readFileSync(pagePath, 'utf8');
  if (!generated.test(page)) throw new Error(`${pagePath} has lost its marks, the comments "bench:delta begin" and "bench:delta end"`);
  writeFileSync(pagePath, page.replace(generated, (_all, begin: string, end: string) => `${begin}\n${describeRun(facts)}\n\n${formatTable(rows).replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')}\n\n${end}`));
  writeFileSync(plotPath, drawPlot(plotGroups(rows), describeScale(facts)));
}

function describeRun(facts: RunFacts): string {
  const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`).join(', ');
  const limits = Object.entries(facts.limits).map(([name, bytes]) => `${name} ${(bytes / 1e9).toFixed(1)}`).join(', ');
  return `Last run: ${describeScale(facts)}. Programs: ${versions}.\n\nThis machine's own limits, GB/s with all cores at it: ${limits}.`;
}

function describeScale({ imageBytes, treeFiles, rounds, cpus, scale }: RunFacts): string {
  const count = rounds === 1 ? 'one round' : `medians of ${rounds} rounds`;
  return `${scale}: image of ${(imageBytes / 2 ** 30).toFixed(imageBytes < 2 ** 30 ? 2 : 0)} GiB, ${treeFiles.toLocaleString('en-US')} small files, ${cpus} cores, files in memory, ${count}`;
}
