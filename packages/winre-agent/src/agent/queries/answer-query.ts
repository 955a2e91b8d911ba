import { instantAt, RecoveryError, utf8, type RebuildOffering } from '@winre-kit/sdk';
import { artifactReplySchema, type Query, type QueryReply, type QueryReplyOf } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';
import { checkMedia, findMedia } from '../restore/find-media.ts';
import { listRestorePoints, requireIntact, restorePointOf } from '../restore/list-restore-points.ts';
import { lossStatementOf, rebuildLoss, rollbackLosses } from '../restore/loss-statement.ts';
import { openRepositoryAt, openRepositoryIfPresent } from '../restore/open-restore-points.ts';
import { recoveryErrorFrom } from '../restore/recovery-error-from.ts';
import { observeFacts, observeVolume } from './device-facts.ts';

/**
 * Answers a question about this device. Changes nothing.
 *
 * @throws {RecoveryError} why there is no answer
 */
export async function answerQuery(services: AgentServices, query: Query, signal: AbortSignal): Promise<QueryReply> {
  const { platform, clock, link, settings } = services;
  try {
    switch (query.kind) {
      case 'restore-points': {
        requireRestorable(services);
        const repository = await openRepositoryIfPresent(settings.restorePointsFolder, services);
        return { restorePoints: repository ? [...(await listRestorePoints(repository, signal))] : [] };
      }
      case 'restore-preview':
        return await previewRestore(services, query.restorePointId, signal);
      case 'rebuild-preview':
        return await previewRebuild(services, query.offering, signal);
      case 'network-status':
        return await platform.network.status();
      case 'volume-status':
        return { volumes: [await observeVolume(services)], facts: await observeFacts(services) };
      case 'remediation-outcome':
        return (await services.remediation.read()) ?? { state: 'not-run', observedAt: instantAt(link.gatewayTimeMs() ?? clock.now()) };
      case 'diagnostics':
        return await collectDiagnostics(services, signal);
    }
  } catch (error) {
    throw recoveryErrorFrom(error);
  }
}

async function previewRestore(services: AgentServices, restorePointId: string, signal: AbortSignal): Promise<QueryReplyOf<'restore-preview'>> {
  requireRestorable(services);
  const root = await services.platform.volume.root();
  const repository = await openRepositoryAt(services.settings.restorePointsFolder, services);
  const snapshot = await repository.getSnapshot(restorePointId, { signal });
  const restorePoint = restorePointOf(snapshot, await repository.check({ readData: true, signal }));
  requireIntact(restorePoint);
  const facts = await observeFacts(services);
  const loss = await lossStatementOf(await rollbackLosses(repository, restorePointId, root, signal), { from: restorePoint.takenAt, to: facts.observedAt });
  return { restorePoint, loss, facts };
}

async function previewRebuild(services: AgentServices, offering: RebuildOffering, signal: AbortSignal): Promise<QueryReplyOf<'rebuild-preview'>> {
  requireRestorable(services);
  const facts = await observeFacts(services);
  const loss = await rebuildLoss(services.platform.volume, signal);
  try {
    const media = await findMedia(offering, services, signal);
    const { state, detail } = await checkMedia(media, signal);
    const intact = ({ intact: 'yes', damaged: 'no', unverified: 'unknown' } as const)[state];
    return { loss, facts, media: { reachable: 'yes', contentDigest: media.contentDigest, intact, ...(detail !== undefined && { detail }) } };
  } catch (error) {
    signal.throwIfAborted();
    return { loss, facts, media: { reachable: 'no', intact: 'unknown', detail: (error as Error).message } };
  }
}

/** The answer itself, and, where the tenant has consented, the same as an artifact that outlives the session. */
async function collectDiagnostics(services: AgentServices, signal: AbortSignal): Promise<QueryReplyOf<'diagnostics'>> {
  const { platform, boot, enrolment, link } = services;
  const facts = await observeFacts(services);
  const verdict = services.lastBootCheck();
  const bootCheck = verdict ? { state: verdict.state, detail: verdict.detail, observedAt: verdict.observedAt } : { state: 'not-run' as const, detail: 'no boot was checked yet', observedAt: facts.observedAt };
  const details = plainJson({ platform: platform.name, mode: boot.mode, bootReason: boot.reason, network: await platform.network.status(), volume: await observeVolume(services) });
  const { channel } = link;
  if (!channel || !enrolment.current.consent.categories.includes('diagnostics')) return { facts, bootCheck, details };
  const bundle = utf8(JSON.stringify({ facts, bootCheck, details }, null, 2));
  const { artifactId } = artifactReplySchema.parse(await channel.post('artifact', bundle, { signal, query: '?category=diagnostics&name=diagnostics.json' }));
  return { facts, bootCheck, details: { ...details, artifactId } };
}

/** Drops members without a value, which JSON cannot hold. */
function plainJson(details: Record<string, unknown>): QueryReplyOf<'diagnostics'>['details'] {
  return JSON.parse(JSON.stringify(details)) as QueryReplyOf<'diagnostics'>['details'];
}

function requireRestorable({ platform }: AgentServices): void {
  if (platform.volume.restoreUnsupported !== undefined) throw new RecoveryError('unsupported', platform.volume.restoreUnsupported);
}
