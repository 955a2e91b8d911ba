import type { CallContext, Device, IntentOf, NetworkProfile } from '@winre-kit/sdk';
import { observe } from '../devices/ask-device.ts';
import { mdmStanding } from '../devices/mdm-standing.ts';
import type { PlanFindings, PlanVerb } from '../operations/operation-verb.ts';
import { judgeDisconnect } from '../prechecks/disconnect-confirmed.ts';
import { judgeNetworkKind } from '../prechecks/network-kind-supported.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import type { SampleEmm } from '../sample-emm.ts';
import { findLiveSession, type SessionSighting } from '../sessions/find-live-session.ts';
import { currentNetwork } from './current-network.ts';

/** A device in WinRE is asked to connect; one that is not gets the network by MDM, for the next time it is. */
export const planConfigureNetwork: PlanVerb<'winre.network.configure'> = async (emm, intent, device, call) => {
  const sighting = await findLiveSession(emm, device.id, call);
  if (!sighting.session && isWifi(intent.profile) && (await mdmStanding(emm, device.id, call)).enrolled) return findingsForMdm(intent, device, sighting);
  return findingsForSession(emm, intent, device, sighting, call);
};

async function findingsForSession(emm: SampleEmm, intent: IntentOf<'winre.network.configure'>, device: Device, sighting: SessionSighting, call: CallContext): Promise<PlanFindings> {
  const current = await observe(currentNetwork(emm, device.id, call));
  return {
    prechecks: [judgeSessionLive(sighting), judgeNetworkKind(sighting, intent.profile.kind), judgeDisconnect(intent.profile, current.seen, intent.confirmDisconnect, sighting.observedAt)],
    description: `${device.displayName} connects by ${intent.profile.kind} and goes back by itself when it has not reached the EMM within ${intent.rollBackAfterMs} ms`,
  };
}

function findingsForMdm({ profile }: IntentOf<'winre.network.configure'>, device: Device, sighting: SessionSighting): PlanFindings {
  const { observedAt } = sighting;
  return {
    prechecks: [
      { id: 'session-live', state: 'met', observedAt, evidence: 'no session is needed: the device is enrolled for MDM and gets the network while Windows runs' },
      judgeNetworkKind(sighting, profile.kind),
      { id: 'disconnect-confirmed', state: 'met', observedAt, evidence: 'no session runs that could be cut' },
    ],
    description: `${device.displayName} gets the network of kind ${profile.kind} in its next MDM session and uses it when WinRE starts the next time`,
    notices: [{ code: 'device-follows-later', message: 'nothing connects now, and nothing goes back by itself', severity: 'info' }],
  };
}

function isWifi({ kind }: NetworkProfile): boolean {
  return kind.startsWith('wifi-');
}
