import { instantAt, lossStatementSchema, RecoveryError, type RebuildOffering } from '@winre-kit/sdk';
import { z } from 'zod';
import { askDevice, observe } from '../devices/ask-device.ts';
import { deviceFactsSchema } from '../devices/device-facts.ts';
import { escrowStatus } from '../keys/escrow-status.ts';
import { currentNetwork } from '../network/current-network.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeBackupRecent } from '../prechecks/backup-recent.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';
import { judgeEnrolmentAvailable } from '../prechecks/enrolment-available.ts';
import { judgeMedia } from '../prechecks/media-available.ts';
import { judgeNetworkUp } from '../prechecks/network-up.ts';
import { judgeKeyEscrowed } from '../prechecks/recovery-key-escrowed.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';
import { listOfferings } from './list-offerings.ts';

const yesNoUnknown = z.enum(['yes', 'no', 'unknown']).catch('unknown');
const previewSchema = z.looseObject({
  loss: lossStatementSchema,
  facts: deviceFactsSchema,
  media: z.looseObject({ reachable: yesNoUnknown, intact: yesNoUnknown, detail: z.string().nullish(), contentDigest: z.string().optional() }),
});
const enrolmentSchema = z.looseObject({ available: z.boolean(), detail: z.string(), observedAt: z.string() });

/** The offering and what its media hold go into the request that is approved, so that nobody can point the rebuild at other media or change them afterwards. */
export const planRebuild: PlanVerb<'winre.rebuild.trigger'> = async (emm, intent, device, call) => {
  let offering: RebuildOffering | undefined;
  for await (const candidate of listOfferings(emm, device.id, call)) if (candidate.id === intent.offeringId) offering = candidate;
  if (!offering) throw new RecoveryError('not-found', `the EMM offers no rebuild ${intent.offeringId} for ${device.id}`, { fieldPath: 'offeringId' });
  const sighting = await findLiveSession(emm, device.id, call);
  const preview = await observe(askDevice(emm, device.id, { kind: 'rebuild-preview', offering, reply: previewSchema }, call));
  const network = await observe(currentNetwork(emm, device.id, call));
  const escrow = await escrowStatus(emm, device.id, call);
  const enrolment = await emm.client.read({ path: `/devices/${encodeURIComponent(device.id)}/enrolment`, reply: enrolmentSchema, doing: `asking whether ${device.id} may enrol again` }, call);
  const plannedAt = instantAt(emm.clock.now());
  const facts = preview.seen ? { seen: preview.seen.facts } : preview;
  const contentDigest = preview.seen?.media.contentDigest;
  return {
    prechecks: [
      judgeSessionLive(sighting),
      ...judgeDevice(['winre-enabled', 'power', 'drivers-available'], facts, plannedAt),
      judgeMedia(preview.seen ? { seen: preview.seen.media } : preview, facts.seen?.observedAt ?? plannedAt),
      judgeNetworkUp(network, offering, plannedAt),
      judgeKeyEscrowed(escrow, { encrypted: facts.seen?.encrypted ?? 'unknown' }),
      judgeEnrolmentAvailable(enrolment),
      judgeBackupRecent(intent.attestations, plannedAt),
    ],
    description: `the volume of ${device.displayName} is emptied and ${offering.release} ${offering.edition} (${offering.language}) is installed; everything local is gone`,
    ...(preview.seen ? { loss: preview.seen.loss } : {}),
    secretsInvalidated: ['machine account password', 'Windows LAPS password', 'recovery keys of the volume', 'device enrolment', 'Windows Hello keys', 'tokens on the device'],
    requestDetails: { offering, ...(contentDigest !== undefined && { media: { contentDigest } }) },
  };
};
