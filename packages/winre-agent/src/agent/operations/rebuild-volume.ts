import { resolve, sep } from 'node:path';
import { RecoveryError, type PlanBinding } from '@winre-kit/sdk';
import { restoreSnapshot } from '@winre-kit/snapshot-core';
import { continuityTokenSecret, requireBoundOffering } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';
import { checkMedia, findBoundMedia, requireIntactMedia } from '../restore/find-media.ts';
import { recoveryErrorFrom } from '../restore/recovery-error-from.ts';
import { rebuildLoss, rollbackLosses } from '../restore/loss-statement.ts';
import type { OperationOutcome, OperationStage, PrepareOperation } from './operation-handler.ts';

/** From this step on the volume may be gone in part, and only going on helps. */
export const emptying = 'emptying';
/** From this step on the volume is new and belongs to whoever uses it. */
export const installed = 'installed';
const leastBatteryPercent = 30;

/**
 * Empties the volume and installs the offering that was approved. It ends with the machine starting anew; the service mode enrols again, validates, and
 * says how it went.
 */
export function prepareRebuild(services: AgentServices): PrepareOperation<'winre.rebuild.trigger'> {
  const { volume } = services.platform;
  return async ({ operationKey, binding, secret, signal }) => {
    if (volume.restoreUnsupported !== undefined) throw new RecoveryError('unsupported', volume.restoreUnsupported);
    const offering = requireBoundOffering(binding);
    await requirePower(services);
    requireOutside(volume.mountPoint, offering.mediaSource.location);
    try {
      requireIntactMedia(offering, await checkMedia(await findBoundMedia(binding, services, signal), signal));
    } catch (error) {
      throw recoveryErrorFrom(error);
    }
    const loss = await rebuildLoss(volume, signal);
    if (loss.digest !== binding.lossDigest) throw new RecoveryError('plan-stale', `${loss.files} files would be lost now, which is not what was approved: plan again`, { facts: { lossDigest: loss.digest } });
    const token = await secret(continuityTokenSecret);
    return async (stage) => {
      await services.continuityToken.save(operationKey, token);
      return rebuildVolume(services, binding, stage);
    };
  };
}

/** Carries a rebuild out, or goes on with one that was cut short: what is not finished is emptied and installed again by the same execution. */
export async function rebuildVolume(services: AgentServices, binding: PlanBinding, stage: OperationStage): Promise<OperationOutcome> {
  const { volume } = services.platform;
  const offering = requireBoundOffering(binding);
  if (!stage.hasPassed(installed)) {
    if (!stage.hasPassed(emptying)) {
      if (!(await services.continuityToken.read(stage.operationKey))) return untouched('it was interrupted before it began, and its continuity token is gone with the channel');
      if (stage.resumed && !stage.startedInThisBoot) return untouched('it was interrupted before it began, and the machine has been started since');
    }
    try {
      const media = await findBoundMedia(binding, services, stage.signal);
      await stage.recordEffect();
      await stage.pass(emptying);
      stage.report({ percent: 2, message: 'emptying the volume' });
      await volume.empty();
      const root = await volume.root();
      const report = await restoreSnapshot(media.repository, media.snapshot.id, root, {
        lease: { ignoreOthers: true },
        signal: stage.signal,
        onProgress: ({ bytesWritten, totalBytes }) => stage.report({ percent: Math.round(5 + 75 * Math.min(1, bytesWritten / Math.max(1, totalBytes))), message: `installing ${offering.release}` }),
      });
      stage.report({ percent: 82, message: 'comparing the volume with its media' });
      const [difference] = await rollbackLosses(media.repository, media.snapshot.id, root, stage.signal);
      const [issue] = report.issues;
      if (issue || difference) throw new RecoveryError('data-loss', `the installed volume is not what its media say: ${issue ? `${issue.displayPath}: ${issue.message}` : (difference?.path ?? '')}`);
    } catch (error) {
      throw recoveryErrorFrom(error);
    }
    await stage.pass(installed);
  }
  stage.report({ percent: 90, message: 'installed; the machine starts' });
  return { state: 'awaiting-boot', mode: 'service', reason: 'requested' };
}

function untouched(message: string): OperationOutcome {
  return { state: 'failed', rawState: 'interrupted', deviceCode: 'failed-precondition', message: `${message}: nothing was changed` };
}

async function requirePower({ platform }: AgentServices): Promise<void> {
  const { onAcPower, batteryPercent } = await platform.readiness();
  if (onAcPower !== false || (batteryPercent ?? 0) >= leastBatteryPercent) return;
  throw new RecoveryError('failed-precondition', `the device runs on a battery at ${batteryPercent ?? 'an unknown'} %: plug it in`, { facts: { unmet: ['power'] } });
}

function requireOutside(mountPoint: string, location: string): void {
  const [volume, media] = [resolve(mountPoint), resolve(location)];
  if (media === volume || media.startsWith(volume + sep)) throw new RecoveryError('failed-precondition', `the media at ${location} lie on the volume that would be emptied`, { facts: { unmet: ['media-available'] } });
}
