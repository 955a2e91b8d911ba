import { applyRetention, type Repository, type RetentionPolicy } from '../../index.ts';
import { leaseOf } from '../global-flags.ts';
import { formatTable } from '../output/format-table.ts';
import { formatTime } from '../output/format-values.ts';
import { printable } from '../output/printable.ts';
import type { VerbContext } from '../verb.ts';
import type { SnapshotGroup } from './snapshot-group.ts';

/** Applies a policy to the snapshots of one source, and tells each verdict with its reasons. */
export async function applyPolicy(
  context: VerbContext, repository: Repository, group: SnapshotGroup, policy: RetentionPolicy, damagedSnapshots: readonly string[], dryRun: boolean,
): Promise<{ readonly kept: number; readonly forgotten: number }> {
  const { output, signal, surroundings } = context;
  const records = new Map(group.records.map((record) => [record.id, record]));
  const verdicts = await applyRetention(repository, policy, { clock: surroundings.clock, damagedSnapshots, dryRun, signal, lease: leaseOf(context.flags), select: ({ id }) => records.has(id) });
  const timeOf = (id: string) => records.get(id)?.timeMs ?? 0;
  for (const { id, keep, reasons } of verdicts) output.emit({ type: 'verdict', id, time: new Date(timeOf(id)).toISOString(), hostname: group.hostname, path: group.path, keep, reasons });
  output.say(() => `${printable(`${group.kind} ${group.path} on ${group.hostname}`)}\n${formatTable(
      [{ title: 'Verdict' }, { title: 'ID' }, { title: 'Time' }, { title: 'Why' }],
      verdicts.map(({ id, keep, reasons }) => [keep ? 'keep' : 'forget', id.slice(0, 8), formatTime(timeOf(id)), reasons.join('; ')]),
    )}\n`);
  const kept = verdicts.filter(({ keep }) => keep).length;
  return { kept, forgotten: verdicts.length - kept };
}
