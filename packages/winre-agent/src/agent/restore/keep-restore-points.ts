import { RecoveryError, type RestorePoint, type RestorePolicy } from '@winre-kit/sdk';
import { applyRetention, pendingRollbacks, planSchedule, takeSnapshot, type RetentionPolicy, type SnapshotRecord } from '@winre-kit/snapshot-core';
import type { Platform } from '../../platform/platform.ts';
import type { JsonFile } from '../../platform/json-file.ts';
import type { AgentLog } from '../agent-log.ts';
import { openOrCreateRepositoryAt, type EngineServices } from './open-restore-points.ts';
import { recoveryErrorFrom } from './recovery-error-from.ts';
import { retentionAfter, type RetentionMemory } from './retention-memory.ts';
import { restorePointLabels } from './snapshot-labels.ts';

/** What taking restore points needs. */
export interface RestorePointServices extends EngineServices {
  readonly platform: Platform;
  readonly log: AgentLog;
  readonly restorePointsFolder: string;
  /** Milliseconds since 1970: the gateway's time when it is known, so that points are dated right on a machine whose clock is wrong. */
  readonly nowMs: () => number;
}

/** What keeping them needs besides. */
export interface RetentionServices extends RestorePointServices {
  /** The machine's own time: points get old by the earlier of both clocks, so that neither a wrong clock nor a wrong gateway makes them all too old at once. */
  readonly ownNowMs: () => number;
  readonly retentionMemory: JsonFile<RetentionMemory>;
}

/** Takes a restore point now. @throws {RecoveryError} `unsupported`, `failed-precondition` (locked), or why it could not be stored */
export async function takeRestorePoint(services: RestorePointServices, trigger: Extract<RestorePoint['trigger'], 'schedule' | 'request'>, signal: AbortSignal): Promise<SnapshotRecord> {
  const { platform, restorePointsFolder, nowMs, log } = services;
  if (platform.volume.restoreUnsupported !== undefined) throw new RecoveryError('unsupported', platform.volume.restoreUnsupported);
  const root = await platform.volume.root();
  try {
    const repository = await openOrCreateRepositoryAt(restorePointsFolder, services);
    const parent = (await repository.listSnapshots({ signal })).snapshots.at(-1)?.id;
    const { record } = await takeSnapshot(repository, { kind: 'directory', path: root }, {
      labels: restorePointLabels(trigger, platform.hardware.osBuild),
      clock: { nowMs },
      signal,
      ...(parent !== undefined && { parent }),
    });
    log('info', 'restore point taken', { restorePointId: record.id, bytes: record.statistics.totalBytes, addedBytes: record.statistics.addedBytes });
    return record;
  } catch (error) {
    throw recoveryErrorFrom(error);
  }
}

/**
 * Takes a restore point when one is due and lets go of those that the policy does not keep.
 *
 * @returns when to ask again, milliseconds from now
 */
export async function keepRestorePoints(services: RetentionServices, policy: RestorePolicy, signal: AbortSignal): Promise<number> {
  const { platform, restorePointsFolder, nowMs, log, retentionMemory } = services;
  if (!policy.enabled || platform.volume.restoreUnsupported !== undefined) return askAgainAfterMs;
  try {
    const repository = await openOrCreateRepositoryAt(restorePointsFolder, services);
    const ageNowMs = (): number => Math.min(nowMs(), services.ownNowMs());
    const terms = retentionAfter((await retentionMemory.read()) ?? { former: [] }, policy, ageNowMs());
    await retentionMemory.write(terms.memory);
    const retention: RetentionPolicy = { cadenceHours: policy.cadenceHours, retentionHours: terms.retentionHours, diskBudgetBytes: terms.maxDiskBytes };
    const { isDue, reason } = planSchedule((await repository.listSnapshots({ signal })).snapshots, retention, nowMs());
    if (isDue) {
      log('info', 'restore point is due', { reason });
      await takeRestorePoint(services, 'schedule', signal);
      const pending = await pendingRollbacks(repository, { signal });
      const keepSnapshots = pending.flatMap(({ snapshotId, safetySnapshotId }) => [snapshotId, ...(safetySnapshotId === undefined ? [] : [safetySnapshotId])]);
      const verdicts = await applyRetention(repository, retention, { clock: { nowMs: ageNowMs }, keepSnapshots, signal });
      if (verdicts.some(({ keep }) => !keep)) await repository.prune({ signal });
    }
    const { dueAtMs } = planSchedule((await repository.listSnapshots({ signal })).snapshots, retention, nowMs());
    return Math.min(askAgainAfterMs, Math.max(1_000, dueAtMs - nowMs()));
  } catch (error) {
    signal.throwIfAborted();
    log('warn', 'no restore point could be taken', { reason: (recoveryErrorFrom(error) as Error).message });
    return askAgainAfterMs;
  }
}

/** Policies and clocks change; so does what can be read. */
const askAgainAfterMs = 15 * 60_000;
