import { networkStatusSchema, type CallContext, type NetworkStatus } from '@winre-kit/sdk';
import { askDevice } from '../devices/ask-device.ts';
import type { SampleEmm } from '../sample-emm.ts';

/** What the device is connected with, by its own word. */
export function currentNetwork(emm: SampleEmm, deviceId: string, call: CallContext): Promise<NetworkStatus> {
  return askDevice(emm, deviceId, { kind: 'network-status', reply: networkStatusSchema }, call);
}
