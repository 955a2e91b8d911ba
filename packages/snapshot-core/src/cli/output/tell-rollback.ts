import type { RollbackReport, SnapshotRecord } from '../../index.ts';
import type { ExitName } from '../exit-codes.ts';
import { isTakenOf, type OpenedTarget } from '../target/open-rollback-target.ts';
import type { RollbackLosses } from '../target/rollback-losses.ts';
import type { VerbContext } from '../verb.ts';
import { formatBytes, formatCount, formatTime } from './format-values.ts';
import { printable } from './printable.ts';
import { tellIssues } from './tell-issues.ts';

/** Tells what a rollback would do: to people in counts and first names. */
export function tellRollbackPlan({ output }: VerbContext, record: SnapshotRecord, opened: OpenedTarget, losses: RollbackLosses, dryRun: boolean): void {
  const { id, timeMs, hostname, source } = record;
  const { path, kind } = opened;
  const { deleted, overwritten, created, metadata, blocked, firstLost } = losses;
  output.tell({ type: 'plan', verb: 'rollback', snapshotId: id, target: path, dryRun, takenOf: source.description, takenOn: hostname, ...losses }, () => {
    const names = [...firstLost.slice(0, 10).map((name) => `    ${name}`), ...(deleted.count + overwritten.count > 10 ? ['    …'] : [])];
    return [
      `snapshot ${id.slice(0, 8)} of ${formatTime(timeMs)}, taken of ${printable(source.description)} on ${printable(hostname)}`,
      ...(isTakenOf(record, opened) ? [] : [`WARNING: it was not taken of ${printable(path)}`]),
      deleted.count + overwritten.count === 0
        ? '  nothing would be lost'
        : `  would be lost: ${kind === 'image' ? formatBytes(overwritten.bytes) : `${formatCount(deleted.count, 'item')} deleted (${formatBytes(deleted.bytes)}), ${formatCount(overwritten.count, 'file')} overwritten (${formatBytes(overwritten.bytes)})`}`,
      ...(kind === 'image' ? [] : names),
      ...(created.count > 0 ? [`  would come back: ${formatCount(created.count, 'item')} (${formatBytes(created.bytes)})`] : []),
      ...(metadata.count > 0 ? [`  mode, owner or time would be set: ${formatCount(metadata.count, 'item')}`] : []),
      ...(blocked.count > 0 ? [`  cannot be done: ${formatCount(blocked.count, 'item')}`] : []),
    ].join('\n');
  });
}

/** Tells what a rollback did, and how to undo it. */
export function tellRollbackReport(context: VerbContext, { path }: OpenedTarget, report: RollbackReport | undefined): ExitName {
  const { output } = context;
  if (report === undefined) {
    output.note({ type: 'summary', verb: 'rollback', target: path, changed: false }, () => `no rollback of ${printable(path)} is unfinished`);
    return 'done';
  }
  tellIssues(context, report);
  const { snapshotId, operationId, actions, bytesWritten, bytesDeleted, safetySnapshotId, complete, issueCount } = report;
  output.note({ type: 'summary', verb: 'rollback', changed: true, snapshotId, operationId, target: path, actions, bytesWritten, bytesDeleted, ...(safetySnapshotId !== undefined && { safetySnapshotId }), complete, issueCount }, () =>
    [
      `${printable(path)} is ${complete ? '' : 'NOT WHOLLY '}what it was in snapshot ${snapshotId.slice(0, 8)}; ${formatBytes(bytesWritten)} written, ${formatCount(actions.delete, 'item')} deleted`,
      ...(safetySnapshotId === undefined ? [] : [`undo with: winre-snapshot rollback ${safetySnapshotId} --target ${printable(path)}`]),
    ].join('\n'));
  return complete ? 'done' : 'incomplete';
}
