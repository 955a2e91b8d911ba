import type { PackVerdict, PruneReport } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { formatBytes, formatCount } from './format-values.ts';

/** Tells what a prune did or would do: to programs pack by pack, to people in counts. */
export function tellPrune({ output }: VerbContext, { verdicts, deletedBytes, condemnedBytes }: PruneReport, dryRun: boolean): void {
  for (const { packName, action, reason, liveBytes, deadBytes } of verdicts) output.emit({ type: 'pack', pack: packName, action, reason, liveBytes, deadBytes });
  const counts = countActions(verdicts);
  output.note({ type: 'summary', verb: 'prune', dryRun, packs: counts, deletedBytes, condemnedBytes }, () => {
    const would = dryRun ? 'would be ' : '';
    return [
      `${formatCount(counts.delete, 'pack')} (${formatBytes(deletedBytes)}) ${would}deleted, ${formatCount(counts.condemn + counts.rewrite, 'pack')} (${formatBytes(condemnedBytes)}) ${would}set aside`,
      ...(counts['await-grace'] > 0 ? [`${formatCount(counts['await-grace'], 'pack')} set aside earlier; a run after the grace time deletes them`] : []),
      `${formatCount(counts.keep + counts.reprieve, 'pack')} kept`,
    ].join('\n');
  });
}

function countActions(verdicts: readonly PackVerdict[]): Record<PackVerdict['action'], number> {
  const counts = { keep: 0, condemn: 0, rewrite: 0, delete: 0, 'await-grace': 0, reprieve: 0 };
  for (const { action } of verdicts) counts[action] += 1;
  return counts;
}
