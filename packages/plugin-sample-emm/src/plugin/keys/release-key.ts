import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeKeyEscrowed } from '../prechecks/recovery-key-escrowed.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';
import { escrowStatus } from './escrow-status.ts';

/** The escrowed key goes sealed to this one session; neither host nor plug-in sees it. */
export const planReleaseKey: PlanVerb<'winre.keys.release'> = async (emm, intent, device, call) => ({
  prechecks: [
    judgeSessionLive(await findLiveSession(emm, device.id, call), intent.sessionId),
    judgeKeyEscrowed(await escrowStatus(emm, device.id, call), { volumeId: intent.volumeId }),
  ],
  description: `volume ${intent.volumeId} of ${device.displayName} is unlocked for session ${intent.sessionId}`,
  secretsInvalidated: ['the released recovery key should be rotated after use'],
});
