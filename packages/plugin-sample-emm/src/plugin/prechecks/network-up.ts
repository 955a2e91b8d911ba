import type { NetworkStatus, RebuildOffering } from '@winre-kit/sdk';
import type { Observation } from '../devices/ask-device.ts';
import type { PlannedPrecheck } from './precheck.ts';

/** Met when the device says it is connected. The evidence names what would be downloaded, for whoever pays for the line. */
export function judgeNetworkUp(network: Observation<NetworkStatus>, offering: RebuildOffering, observedAt: string): PlannedPrecheck {
  const id = 'network';
  if (!network.seen) return { id, state: 'unknown', observedAt, evidence: network.reason };
  const { connected, kind } = network.seen;
  const { downloadBytes } = offering.mediaSource;
  const download = downloadBytes === undefined ? 'a download of unknown size' : `${downloadBytes} bytes to download`;
  return { id, state: connected ? 'met' : 'unmet', observedAt, evidence: `${connected ? `connected${kind ? ` by ${kind}` : ''}` : 'not connected'}, ${download}` };
}
