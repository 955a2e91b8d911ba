import type { NetworkProfile, NetworkStatus } from '@winre-kit/sdk';
import type { PlannedPrecheck } from './precheck.ts';

/**
 * A change that may cut the live session needs the requester's word. Only bringing up an interface that is not the connected one is known to cut nothing.
 * An unknown connection counts as one that would be cut.
 */
export function judgeDisconnect(profile: NetworkProfile, current: NetworkStatus | undefined, confirmed: boolean, observedAt: string): PlannedPrecheck {
  const id = 'disconnect-confirmed';
  if (confirmed) return { id, state: 'met', observedAt, evidence: 'the requester accepts that the session may be cut' };
  if (current && !current.connected) return { id, state: 'met', observedAt, evidence: 'the device reports no connection that could be cut' };
  const target = 'interfaceName' in profile ? profile.interfaceName : undefined;
  if (current && target !== undefined && current.interfaceName !== undefined && current.interfaceName !== target) {
    return { id, state: 'met', observedAt, evidence: `the session runs over ${current.interfaceName}, the change is on ${target}` };
  }
  return { id, state: 'unmet', observedAt, evidence: 'the change may cut the live session: set confirmDisconnect to accept that' };
}
