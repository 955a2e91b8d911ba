import { observe } from '../devices/ask-device.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDisconnect } from '../prechecks/disconnect-confirmed.ts';
import { judgeNetworkKind } from '../prechecks/network-kind-supported.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';
import { currentNetwork } from './current-network.ts';

export const planConfigureNetwork: PlanVerb<'winre.network.configure'> = async (emm, intent, device, call) => {
  const sighting = await findLiveSession(emm, device.id, call);
  const current = await observe(currentNetwork(emm, device.id, call));
  return {
    prechecks: [judgeSessionLive(sighting), judgeNetworkKind(sighting, intent.profile.kind), judgeDisconnect(intent.profile, current.seen, intent.confirmDisconnect, sighting.observedAt)],
    description: `${device.displayName} connects by ${intent.profile.kind} and goes back by itself when it has not reached the EMM within ${intent.rollBackAfterMs} ms`,
  };
};
