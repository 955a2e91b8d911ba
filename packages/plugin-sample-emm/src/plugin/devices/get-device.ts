import { deviceSchema, type CallContext, type Device } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';

/** One device as the EMM knows it now. */
export function getDevice(emm: SampleEmm, deviceId: string, call: CallContext): Promise<Device> {
  return emm.client.read({ path: `/devices/${encodeURIComponent(deviceId)}`, reply: deviceSchema, doing: `reading device ${deviceId}` }, call);
}
