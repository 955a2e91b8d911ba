import { RecoveryError, type PlanBinding, type RebuildOffering } from '@winre-kit/sdk';
import type { Repository, SnapshotRecord } from '@winre-kit/snapshot-core';
import { requireBoundMedia, requireBoundOffering } from '../../protocol/index.ts';
import { judgeSnapshot, type SnapshotVerdict } from './judge-snapshot.ts';
import { openMediaRepository, type EngineServices } from './open-restore-points.ts';
import { offeringLabel } from './snapshot-labels.ts';

/** The golden snapshot of an offering. */
export interface Media {
  readonly repository: Repository;
  readonly snapshot: SnapshotRecord;
  /** SHA-256 that covers every name and byte of the snapshot. */
  readonly contentDigest: string;
}

/**
 * Finds the golden snapshot: the newest one that carries the offering's label, or the only one there is.
 *
 * @throws {RecoveryError} `unsupported` for media that are no repository, `not-found` when no snapshot can be told to be the offering's
 * @throws {SnapshotError} when the repository cannot be opened
 */
export async function findMedia(offering: RebuildOffering, services: EngineServices, signal: AbortSignal): Promise<Media> {
  const { kind, location } = offering.mediaSource;
  if (kind !== 'repository') throw new RecoveryError('unsupported', `offering ${offering.id}: this agent installs from a repository, not from ${kind}`);
  const repository = await openMediaRepository(location, services);
  const { snapshots } = await repository.listSnapshots({ signal });
  const labelled = snapshots.filter(({ labels }) => labels.includes(offeringLabel(offering.id)));
  const snapshot = labelled.at(-1) ?? (snapshots.length === 1 ? snapshots[0] : undefined);
  if (!snapshot) throw new RecoveryError('not-found', `the repository at ${location} holds no snapshot labelled ${offeringLabel(offering.id)}`);
  return { repository, snapshot, contentDigest: snapshot.rootId };
}

/**
 * The golden snapshot whose content the approvers saw.
 *
 * @throws {RecoveryError} `plan-stale` when the media hold something else now, or the plan does not say; otherwise as {@link findMedia}
 */
export async function findBoundMedia(binding: PlanBinding, services: EngineServices, signal: AbortSignal): Promise<Media> {
  const offering = requireBoundOffering(binding);
  const bound = requireBoundMedia(binding);
  const media = await findMedia(offering, services, signal);
  if (media.contentDigest !== bound) throw new RecoveryError('plan-stale', `the media of ${offering.id} hold ${media.contentDigest} now, and ${bound} was approved: plan again`, { facts: { reason: 'other-media' } });
  return media;
}

/** What reading every stored byte of the media says about them. */
export async function checkMedia({ repository, snapshot }: Media, signal: AbortSignal): Promise<SnapshotVerdict> {
  return judgeSnapshot(snapshot.id, await repository.check({ readData: true, signal }));
}

/** @throws {RecoveryError} `data-loss` for media that are damaged, `unavailable` for those of which something could not be read now */
export function requireIntactMedia({ id }: RebuildOffering, { state, detail = 'not all of it is as it was stored' }: SnapshotVerdict): void {
  if (state === 'damaged') throw new RecoveryError('data-loss', `the media of ${id} are damaged: ${detail}`, { facts: { unmet: ['media-available'] } });
  if (state === 'unverified') throw new RecoveryError('unavailable', `the media of ${id} cannot be verified now: ${detail}`);
}
