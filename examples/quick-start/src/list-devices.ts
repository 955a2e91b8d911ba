import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHost } from '@winre-kit/sdk/host';
import { examplePlugin } from './example-plugin.ts';
import type { Surroundings } from './open-surroundings.ts';

/** Opens the example plug-in over a vendor of one device and lists what it has. */
export async function listDevices(surroundings: Surroundings): Promise<string[]> {
  const device = { id: 'device-7', tenantId: 'tenant-1', enrolmentEpoch: 'epoch-1', displayName: 'Front desk', hardwareId: 'hardware-7' };
  const vendor = createServer((_request, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify([device]))).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  await using host = createHost({ ...surroundings, approvers: [], signers: [] });
  const plugin = await host.openPlugin(examplePlugin, { baseUrl: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` });
  const names: string[] = [];
  for await (const { displayName } of plugin.devices.list()) names.push(displayName);
  vendor.close();
  vendor.closeAllConnections();
  return names;
}
