import type { TakenSnapshot } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { formatBytes, formatCount, formatDuration } from './format-values.ts';
import { snapshotMessage } from './snapshot-message.ts';
import { tellIssues } from './tell-issues.ts';

/** Tells what a backup did, and which items it could not take. */
export function tellBackup(context: VerbContext, { record, report }: TakenSnapshot): void {
  tellIssues(context, report);
  const { files, directories, symlinks, skipped, bytesRead, bytesAdded, issueCount } = report;
  context.output.note({ type: 'summary', verb: 'backup', snapshot: snapshotMessage(record), files, directories, symlinks, skipped, bytesRead, bytesAdded, issueCount }, () => {
    const { totalBytes, durationMs } = record.statistics;
    return [
      ...(record.source.kind === 'tree' ? [`${formatCount(files.new, 'new file')}, ${files.changed.toLocaleString('en-US')} changed, ${files.unmodified.toLocaleString('en-US')} unmodified`] : []),
      `${formatBytes(totalBytes)} in the snapshot, ${formatBytes(bytesRead)} read, ${formatBytes(bytesAdded)} added, ${formatDuration(durationMs)}`,
      `snapshot ${record.id}${record.incomplete ? ' is INCOMPLETE: some items could not be read' : ''}`,
    ].join('\n');
  });
}
