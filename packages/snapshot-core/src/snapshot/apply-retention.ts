import type { SnapshotRecord } from '../format/snapshot-record.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Clock } from '../repository/clock.ts';
import type { LeaseOptions } from '../repository/lease.ts';
import type { Repository } from '../repository/repository.ts';
import { planRetention } from '../retention/plan-retention.ts';
import type { RetentionVerdict } from '../retention/plan-retention.ts';
import { checkRetentionPolicy } from '../retention/retention-policy.ts';
import type { RetentionPolicy } from '../retention/retention-policy.ts';
import { pendingRollbacks } from '../repository/rollback-intent.ts';

/** How to apply a policy. */
export interface ApplyRetentionOptions extends CallOptions {
  /** Default: the system's time. */
  readonly clock?: Pick<Clock, 'nowMs'>;
  /** Snapshots known to be damaged, as `check` reports them: never counted as good. */
  readonly damagedSnapshots?: readonly string[];
  /** Snapshots to keep whatever the policy says. The goal of a pending rollback and its safety snapshot are kept without being named. */
  readonly keepSnapshots?: readonly string[];
  /** Snapshots the policy speaks about, such as those of one host; the others stay, and do not count. Default: all. */
  readonly select?: (snapshot: SnapshotRecord) => boolean;
  /** How to wait for a repository that is busy. */
  readonly lease?: Pick<LeaseOptions, 'waitAtMostMs' | 'ignoreOthers'>;
  /** Only plan. Default false. */
  readonly dryRun?: boolean;
}

/**
 * Forgets the snapshots that the policy does not keep. Their space comes back with a later `prune`.
 *
 * Idempotent; an abort between two snapshots leaves a consistent repository.
 *
 * @throws {SnapshotError} `argument/invalid` for a policy that makes no sense, `repository/*`, `storage/*`
 */
export async function applyRetention(repository: Repository, policy: RetentionPolicy, options: ApplyRetentionOptions = {}): Promise<readonly RetentionVerdict[]> {
  checkRetentionPolicy(policy);
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  return repository.withLease('shared', async () => {
    const { snapshots } = await repository.listSnapshots(call);
    const damaged = new Set(options.damagedSnapshots);
    const kept = new Map((options.keepSnapshots ?? []).map((id) => [id, 'the caller needs it']));
    for (const { snapshotId, safetySnapshotId } of await pendingRollbacks(repository, call)) {
      kept.set(snapshotId, 'an unfinished rollback leads to it');
      if (safetySnapshotId !== undefined) kept.set(safetySnapshotId, 'it undoes an unfinished rollback');
    }
    const candidates = snapshots.filter(options.select ?? (() => true)).map((snapshot) => ({ ...snapshot, damaged: damaged.has(snapshot.id) }));
    const verdicts = planRetention(candidates, policy, options.clock?.nowMs() ?? Date.now())
      .map((verdict) => {
        const reason = kept.get(verdict.id);
        return reason === undefined || verdict.keep ? verdict : { ...verdict, keep: true, reasons: [reason, ...verdict.reasons] };
      });
    for (const { id, keep } of options.dryRun === true ? [] : verdicts) if (!keep) await repository.forgetSnapshot(id, call);
    return verdicts;
  }, { ...call, ...options.lease });
}
