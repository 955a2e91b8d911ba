import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatCheckIn } from './format-check-in.ts';
import type { CheckInReport } from './run-check-in.ts';

const pagePath = fileURLToPath(new URL('../../../../docs/benchmarks.md', import.meta.url));
const generated = /(<!-- bench:mdm-check-in begin -->\n)[^]*(<!-- bench:mdm-check-in end -->)/;

/** Puts the numbers of a run into the page of the docs, between its two marks. */
export function writeCheckInDocs(report: CheckInReport): void {
  const page = readFileSync(pagePath, 'utf8');
  if (!generated.test(page)) throw new Error(`${pagePath} has lost its marks, the comments "bench:mdm-check-in begin" and "bench:mdm-check-in end"`);
  const text = formatCheckIn(report).replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
  writeFileSync(pagePath, page.replace(generated, (_all, begin: string, end: string) => `${begin}\n${text}\n\n${end}`));
}
