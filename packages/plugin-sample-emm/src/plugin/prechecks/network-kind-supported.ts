import type { NetworkKind } from '@winre-kit/sdk';
import type { SessionSighting } from '../sessions/find-live-session.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** What WinRE itself can bring up. */
const stockKinds: readonly NetworkKind[] = ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk'];

/** Met for kinds that the device's agent named; without its word, for those that stock WinRE has. */
export function judgeNetworkKind({ session, observedAt }: SessionSighting, kind: NetworkKind): PlannedPrecheck {
  const id = 'network-kind-supported';
  const kinds = session?.abilities?.networkKinds;
  const source = kinds ? 'the device can' : 'stock WinRE can';
  return { id, state: (kinds ?? stockKinds).includes(kind) ? 'met' : 'unmet', observedAt, evidence: `wanted ${kind}; ${source} bring up ${(kinds ?? stockKinds).join(', ') || 'none'}` };
}
