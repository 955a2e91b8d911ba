import { RecoveryError, type IntentOf, type LossEntry } from '@winre-kit/sdk';
import { pendingRollbacks, rollback, type Repository, type RollbackProgress } from '@winre-kit/snapshot-core';
import type { AgentServices } from '../agent-services.ts';
import { lossStatementOf, rollbackLosses } from '../restore/loss-statement.ts';
import { openRepositoryAt } from '../restore/open-restore-points.ts';
import { recoveryErrorFrom } from '../restore/recovery-error-from.ts';
import { requireIntact, restorePointOf } from '../restore/list-restore-points.ts';
import type { OperationResult, OperationStage, PrepareOperation } from './operation-handler.ts';

/** The step after which nothing is written any more. */
const rolledBack = 'rolled-back';

/**
 * Brings the volume back to a restore point, in place. Before anything is changed the point is checked byte for byte and the loss is computed anew: what
 * the approvers saw is what goes, or nothing does.
 */
export function prepareRestore(services: AgentServices): PrepareOperation<'winre.restore.trigger'> {
  return async ({ intent, binding, signal }) => {
    const { volume } = services.platform;
    if (volume.restoreUnsupported !== undefined) throw new RecoveryError('unsupported', volume.restoreUnsupported);
    const root = await volume.root();
    try {
      const repository = await openRepositoryAt(services.settings.restorePointsFolder, services);
      const point = restorePointOf(await repository.getSnapshot(intent.restorePointId, { signal }), await repository.check({ readData: true, signal }));
      requireIntact(point);
      const loss = await lossStatementOf(await rollbackLosses(repository, intent.restorePointId, root, signal), undefined);
      if (loss.digest !== binding.lossDigest) throw new RecoveryError('plan-stale', `${loss.files} files would be lost now, which is not what was approved: plan again`, { facts: { lossDigest: loss.digest } });
    } catch (error) {
      throw recoveryErrorFrom(error);
    }
    return (stage) => restoreVolume(services, intent, stage);
  };
}

/**
 * Carries a restore out, or finishes one that was cut short: the storage engine keeps an intent of its own, so running it again ends where it would have.
 *
 * @throws {RecoveryError} `failed-precondition` while the volume is locked
 */
export async function restoreVolume(services: AgentServices, intent: IntentOf<'winre.restore.trigger'>, stage: OperationStage): Promise<OperationResult> {
  const { platform, clock, settings } = services;
  const root = await platform.volume.root();
  const { restorePointId } = intent;
  try {
    const repository = await openRepositoryAt(settings.restorePointsFolder, services);
    if (!stage.hasPassed(rolledBack)) {
      const refusal = await refuseLateResume(services, repository, stage);
      if (refusal) return refusal;
      await stage.recordEffect();
      await rollback(repository, restorePointId, root, {
        operationId: stage.operationKey,
        safetySnapshot: intent.safetySnapshot,
        verifyAll: true,
        // Nothing else is under way: what is still pending belongs to an operation that failed, and people have approved this one since.
        supersede: true,
        clock: { nowMs: () => services.link.gatewayTimeMs() ?? clock.now() },
        // The system that took restore points is down; what it held is free.
        lease: { ignoreOthers: true },
        onProgress: (progress) => stage.report(progressReport(progress)),
        signal: stage.signal,
      });
      await stage.pass(rolledBack);
    }
    // The rollback has read back all that it wrote. After another start the system may have written since, which takes nothing from that.
    const differences = stage.startedInThisBoot ? await compareOnce(repository, restorePointId, root, stage) : [];
    if (differences.length > 0) return { state: 'failed', rawState: 'differs', deviceCode: 'data-loss', message: `${differences.length} files differ from the restore point after the rollback, ${differences[0]?.path ?? ''} among them` };
    const { statistics } = await repository.getSnapshot(restorePointId, { signal: stage.signal });
    return {
      state: 'succeeded',
      rawState: 'restored',
      message: `the volume is restore point ${restorePointId}, byte for byte`,
      evidence: { kind: 'volume-matches-restore-point', detail: { restorePointId, executionId: stage.executionId, entries: statistics.entryCount, bytes: statistics.totalBytes } },
    };
  } catch (error) {
    throw recoveryErrorFrom(error);
  }
}

async function compareOnce(repository: Repository, restorePointId: string, root: string, stage: OperationStage): Promise<readonly LossEntry[]> {
  stage.report({ state: 'verifying', percent: 97, message: 'comparing the volume with the restore point' });
  return rollbackLosses(repository, restorePointId, root, stage.signal);
}

/**
 * A restore that was cut short is repeated only while nobody else can have written since: in the same boot, or while the storage engine still holds its
 * intent. Otherwise the system may have run on the volume, and its work must not be wiped by an old command.
 */
async function refuseLateResume(services: AgentServices, repository: Repository, stage: OperationStage): Promise<OperationResult | undefined> {
  if (!stage.resumed || stage.startedInThisBoot) return undefined;
  const pending = await pendingRollbacks(repository, { signal: stage.signal });
  if (pending.some(({ operationId }) => operationId === stage.operationKey)) return undefined;
  return { state: 'failed', rawState: 'interrupted', deviceCode: 'failed-precondition', message: 'it was interrupted and the machine has been started since: whether the volume was changed cannot be known here; nothing is done now' };
}

const shares: Readonly<Record<RollbackProgress['phase'], readonly [from: number, to: number]>> = {
  check: [0, 5],
  'safety-snapshot': [5, 15],
  remove: [15, 20],
  write: [20, 85],
  verify: [85, 95],
};

function progressReport({ phase, bytesDone, totalBytes }: RollbackProgress): Parameters<OperationStage['report']>[0] {
  const [from, to] = shares[phase];
  return { percent: Math.round(from + (to - from) * Math.min(1, bytesDone / Math.max(1, totalBytes))), message: phase };
}
