import type { ItemIssue } from '../../index.ts';
import type { ProgramOutput } from './program-output.ts';
import { printable } from './printable.ts';

const shownToPeople = 20;

/** Names the items that were not handled like the rest: all that were reported to programs, the first ones to people. */
export function tellIssues(output: ProgramOutput, json: boolean, { issues, issueCount }: { readonly issues: readonly ItemIssue[]; readonly issueCount: number }): void {
  const shown = json ? issues : issues.slice(0, shownToPeople);
  for (const { path, displayPath, reason, message } of shown)
    output.warn({ type: 'issue', path: displayPath, pathBase64: Buffer.from(path).toString('base64'), reason, message }, () => `${displayPath === '' ? '.' : displayPath}: ${printable(message)} (${reason})`);
  if (!json && issueCount > shown.length) output.warn({ type: 'issue' }, () => `and ${(issueCount - shown.length).toLocaleString('en-US')} more; --json names up to 1,000`);
}
