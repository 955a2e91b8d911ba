import { deviceSchema, RecoveryError, type CallContext, type Device, type DeviceQuery } from '@winre-kit/sdk';
import { listPages } from '../list-pages.ts';
import type { SampleEmm } from '../sample-emm.ts';

/** Finds the one device that a serial number or the EMM's own id names. */
export async function resolveDevice(emm: SampleEmm, query: DeviceQuery, call: CallContext): Promise<Device | undefined> {
  const found: Device[] = [];
  for await (const device of listPages(emm, { path: '/devices', query: { ...query }, item: deviceSchema, doing: 'finding a device', idOf: ({ id }) => id }, call)) found.push(device);
  if (found.length > 1) {
    throw new RecoveryError('conflict', `${found.length} devices match ${JSON.stringify(query)}: name one by its id`, { facts: { deviceIds: found.map((device) => device.id) } });
  }
  return found[0];
}
