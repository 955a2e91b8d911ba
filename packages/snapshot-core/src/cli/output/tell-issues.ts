import type { ItemIssue } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { printable } from './printable.ts';

const shownToPeople = 20;

/** Names the items that were not handled like the rest: all that were reported to programs, the first ones to people. */
export function tellIssues({ output, flags }: VerbContext, { issues, issueCount }: { readonly issues: readonly ItemIssue[]; readonly issueCount: number }): void {
  const json = flags.json === true;
  for (const { path, displayPath, reason, message } of json ? issues : issues.slice(0, shownToPeople))
    output.warn({ type: 'issue', path: displayPath, pathBase64: Buffer.from(path).toString('base64'), reason, message }, () => `${displayPath === '' ? '.' : displayPath}: ${printable(message)} (${reason})`);
  const more = issueCount - shownToPeople;
  // Programs find the count in the summary.
  if (!json && more > 0) output.warn({ type: 'issue' }, () => `and ${more.toLocaleString('en-US')} more; --json names up to 1,000`);
}
